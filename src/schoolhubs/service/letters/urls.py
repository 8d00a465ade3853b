"""Addresses of letters."""

from django.urls import path

from schoolhubs.service.letters.pages import views

urlpatterns = [
    path("letters", views.letters, name="letters"),
    path("letters/<int:letter_id>", views.letter, name="letter"),
    path("office/letters", views.office_letters, name="office-letters"),
    path("office/letters/try-again", views.try_all_again, name="office-letters-try-again"),
    path("office/letters/<int:letter_id>", views.office_letter, name="office-letter"),
    path(
        "office/letters/<int:letter_id>/try-again",
        views.try_again,
        name="office-letter-try-again",
    ),
]
