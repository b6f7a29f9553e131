"""The HTTP addresses of one live kind, below /c/<kind>/<channel>/. A connector's urls.py includes them with its kind."""

from django.urls import path

from connectors.visitors import views

app_name = "visitors"
urlpatterns = [
    path("<str:public_id>/session", views.session, name="session"),
    path("<str:public_id>/logout", views.logout, name="logout"),
    path("<str:public_id>/frames", views.post_frames, name="frames"),
    path("<str:public_id>/events", views.events, name="events"),
    path("<str:public_id>/history", views.history, name="history"),
    path("<str:public_id>/files", views.upload, name="upload"),
    path("<str:public_id>/file/<str:token>", views.file, name="file"),
]
