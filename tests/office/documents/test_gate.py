"""C43: what no public text may hold, and what it may."""

import pytest

from makerspace.office.documents.gate import is_card_number, is_identity_number, personal_data_in


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ("联系人身份证11010519491231002X。", "身份证号码"),
        ("身份证 １１０１０５１９４９１２３１００２Ｘ", "身份证号码"),
        ("电话13987654321", "手机号码"),
        ("电话 139-8765-4321 或+86 139 8765 4321", "手机号码"),
        ("卡号6222021234567890128", "银行卡号"),
        ("卡号 6222 0212 3456 7894", "银行卡号"),
        ("写信到 li.hua@example.cn", "电子邮箱"),
    ],
)
def test_personal_data_is_found(text: str, what: str) -> None:
    assert what in {hit.what for hit in personal_data_in(text)}


@pytest.mark.parametrize(
    "text",
    [
        "统一社会信用代码91530102MA6K4WQX0C",
        "编号KM-2026-0001，公示期2026-03-17至2026-03-24",
        "摘要1398765432113987654321abcdef0123456789abcdef0123456789abcdef012345",
        "受理电话0871-63100001",
        "面积420平方米，服务12家企业，2026年3月16日",
        "110105194913310020",
    ],
)
def test_what_is_public_passes(text: str) -> None:
    assert personal_data_in(text) == []


def test_the_offices_own_contacts_pass_and_nobody_elses() -> None:
    text = "受理电话13987654321，kjj@km.gov.cn；另13987654322"

    assert [hit.what for hit in personal_data_in(text, ["13987654321", "kjj@km.gov.cn", ""])] == ["手机号码"]


def test_a_hit_is_masked() -> None:
    assert personal_data_in("13987654321")[0].masked == "139***21"


@pytest.mark.parametrize(
    ("number", "holds"),
    [
        ("11010519491231002X", True),
        ("110105194912310021", False),
        ("11010519491331002X", False),
        ("110105100001010017", False),
    ],
)
def test_identity_numbers_are_known_by_check_and_birth(number: str, holds: bool) -> None:
    assert is_identity_number(number) is holds


@pytest.mark.parametrize(
    ("number", "holds"), [("4111111111111111", True), ("4111111111111112", False), ("411111111111111", False)]
)
def test_card_numbers_are_known_by_luhn(number: str, holds: bool) -> None:
    assert is_card_number(number) is holds
