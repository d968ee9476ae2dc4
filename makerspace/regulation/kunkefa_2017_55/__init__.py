"""昆科发〔2017〕55号, in force from 2017-06-06: a table of contents."""

from datetime import date

from makerspace.regulation.kunkefa_2017_55.articles import ARTICLES
from makerspace.regulation.kunkefa_2017_55.ch2_conditions import CONDITIONS, check
from makerspace.regulation.kunkefa_2017_55.ch3_procedure import RECOGNITION
from makerspace.regulation.kunkefa_2017_55.ch4_assessment import ASSESSMENT
from makerspace.regulation.kunkefa_2017_55.ch4_change import CHANGE
from makerspace.regulation.kunkefa_2017_55.ch4_grant import GRANT
from makerspace.regulation.kunkefa_2017_55.ch4_priority import PRIORITY
from makerspace.regulation.kunkefa_2017_55.codes import CATEGORIES
from makerspace.regulation.kunkefa_2017_55.dossier import ID, cautions, parse
from makerspace.regulation.kunkefa_2017_55.materials import MATERIALS, PLAN_SECTIONS, SECTIONS
from makerspace.regulation.kunkefa_2017_55.parameters import PARAMETERS, SETTINGS, WITHIN
from makerspace.regulation.kunkefa_2017_55.readings import READINGS
from makerspace.regulation.terms import Regulation

REGULATION = Regulation(
    id=ID,
    title="昆明市众创空间认定管理办法",
    document_number="昆科发〔2017〕55号",
    issuer="昆明市科学技术局",
    issued_on=date(2017, 6, 6),
    in_force_from=date(2017, 6, 6),
    articles=ARTICLES,
    parameters=PARAMETERS,
    settings=SETTINGS,
    within=WITHIN,
    readings=READINGS,
    categories=CATEGORIES,
    conditions=CONDITIONS,
    sections=SECTIONS,
    materials=MATERIALS,
    plan_sections=PLAN_SECTIONS,
    procedures={table.kind: table for table in (RECOGNITION, CHANGE, GRANT, PRIORITY, ASSESSMENT)},
    parse=parse,
    check=check,
    cautions=cautions,
)
