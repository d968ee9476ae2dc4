"""The 19 authorities of article 4, as read in 2017 (the zones bear no GB/T 2260 code)."""

from datetime import date

from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.state import StateApps

AUTHORITIES = (
    ("wuhua", "五华区", "530102"),
    ("panlong", "盘龙区", "530103"),
    ("guandu", "官渡区", "530111"),
    ("xishan", "西山区", "530112"),
    ("dongchuan", "东川区", "530113"),
    ("chenggong", "呈贡区", "530114"),
    ("jinning", "晋宁区", "530115"),
    ("anning", "安宁市", "530181"),
    ("fumin", "富民县", "530124"),
    ("yiliang", "宜良县", "530125"),
    ("songming", "嵩明县", "530127"),
    ("shilin", "石林彝族自治县", "530126"),
    ("luquan", "禄劝彝族苗族自治县", "530128"),
    ("xundian", "寻甸回族彝族自治县", "530129"),
    ("hightech_zone", "昆明高新技术产业开发区", ""),
    ("economic_zone", "昆明经济技术开发区", ""),
    ("dianchi_resort", "昆明滇池国家旅游度假区", ""),
    ("liangqu", "“两区”（倘甸产业园区和轿子山旅游开发区）", ""),
    ("yangzonghai", "昆明阳宗海风景名胜区", ""),
)


def load(apps: StateApps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    """Enter them as competent from the day of the measures."""
    authority = apps.get_model("people", "Authority")
    authority.objects.bulk_create(
        authority(code=code, name=name, division=division, valid_from=date(2017, 6, 6), position=position)
        for position, (code, name, division) in enumerate(AUTHORITIES, start=1)
    )


class Migration(migrations.Migration):
    dependencies = [("people", "0001_initial")]
    operations = [migrations.RunPython(load, migrations.RunPython.noop)]
