"""Which call began a movement of money that webhooks and sweeps go on with."""

from django.db import migrations, models

import contri.core.context


class Migration(migrations.Migration):
    dependencies = [
        ("wallets", "0015_answers_to_disputes"),
    ]

    operations = [
        migrations.AddField(
            model_name="deposit",
            name="begun_by",
            field=models.CharField(
                blank=True,
                db_default="",
                default=contri.core.context.current_request_id,
                editable=False,
                max_length=128,
            ),
        ),
        migrations.AddField(
            model_name="refund",
            name="begun_by",
            field=models.CharField(
                blank=True,
                db_default="",
                default=contri.core.context.current_request_id,
                editable=False,
                max_length=128,
            ),
        ),
        migrations.AddField(
            model_name="withdrawal",
            name="begun_by",
            field=models.CharField(
                blank=True,
                db_default="",
                default=contri.core.context.current_request_id,
                editable=False,
                max_length=128,
            ),
        ),
    ]
