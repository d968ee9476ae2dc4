"""What pages, guards and the API ask of budgets, batches and grants."""
