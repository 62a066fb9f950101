"""What stands on the ballot by the jury's choice: options it wrote, or projects it shortlisted."""
