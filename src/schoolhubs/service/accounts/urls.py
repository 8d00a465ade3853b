"""Addresses of accounts."""

from django.urls import path

from schoolhubs.service.accounts import views

urlpatterns = [
    path("sign-in", views.sign_in, name="sign-in"),
    path("sign-in/start", views.start, name="sign-in-start"),
    path("sign-in/callback", views.callback, name="sign-in-callback"),
    path("sign-out", views.sign_out, name="sign-out"),
    path("account", views.account, name="account"),
    path("organisations", views.organisations, name="organisations"),
    path("people", views.people, name="people"),
    path("people/<int:person_id>", views.person, name="person"),
]
