"""Explanations, decisions and written reminders: what people say about a day; never a change of a punch."""
