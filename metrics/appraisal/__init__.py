"""The appraisal of provinces and the assessment of firms and platforms: a product model, not an official score."""
