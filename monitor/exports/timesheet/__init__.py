"""Official timesheets of a month: collected once, written as Excel, PDF, CSV or JSON."""
