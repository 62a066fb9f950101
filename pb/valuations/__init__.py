"""Assessment: feasibility, costs and public reasons; what passes becomes a project."""
