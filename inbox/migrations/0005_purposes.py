from django.db import migrations, models

PURPOSES = [
    ("service", "Answers"),
    ("notice", "Automatic messages"),
    ("news", "News and offers"),
    ("survey", "Surveys"),
]


class Migration(migrations.Migration):
    dependencies = [
        ("inbox", "0004_people_and_story"),
    ]

    operations = [
        migrations.AlterField(
            model_name="consent",
            name="purpose",
            field=models.CharField(choices=PURPOSES, max_length=8),
        ),
        migrations.AddField(
            model_name="message",
            name="purpose",
            field=models.CharField(choices=PURPOSES, db_default="service", default="service", max_length=8),
        ),
    ]
