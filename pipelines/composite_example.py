"""An invented index of twelve places, to see what the two tables look like and to start one's own from.

Every figure is made up and labelled synthetic wherever it is shown.
"""

from __future__ import annotations

DATA_NAME, STRUCTURE_NAME = "example_index_data.csv", "example_index_structure.csv"

STRUCTURE = """code,parent,weight,direction,normalise
index,,,,
innovation,index,40,1,none
growth,index,35,1,none
service,index,25,1,none
rd,innovation,2,1,minmax
patents,innovation,1,1,minmax
digital,innovation,1,1,minmax
revenue,growth,1,1,minmax
srdi,growth,2,1,minmax
debt,growth,1,-1,minmax
served,service,1,1,minmax
days,service,1,-1,minmax
satisfaction,service,1,1,minmax
"""

DATA = """unit,rd,patents,digital,revenue,srdi,debt,served,days,satisfaction
A,6.8,14.2,71,9.1,62,48,1840,24,93
B,5.9,11.7,66,11.4,58,51,1210,31,91
C,7.4,12.9,74,6.2,49,46,2050,45,88
D,4.1,6.3,52,13.8,37,57,960,18,94
E,5.2,9.8,61,8.7,51,53,1430,38,
F,3.6,5.1,43,12.2,29,61,710,52,86
G,6.1,10.4,69,7.9,55,49,1690,27,92
H,4.7,8.2,58,10.3,44,55,1120,41,90
I,2.9,3.8,37,14.6,21,64,480,63,84
J,5.5,9.1,63,5.8,47,50,1560,35,89
K,3.9,,48,9.6,33,58,830,29,91
L,4.9,8.9,56,8.1,46,54,1270,47,87
"""
