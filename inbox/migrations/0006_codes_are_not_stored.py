from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("inbox", "0005_purposes")]

    operations = [migrations.RemoveField(model_name="proofcode", name="digest")]
