"""What people do: self-evaluations, panels, decisions, published runs. The only writers of the work store's forms."""
