"""The work report (工作情况汇报): the district's own Word templates, whose blanks are filled from the records."""
