all:
	echo hi
