import io

import openpyxl
import pytest

from webapp.kernel.spreadsheets import export

RISKY = ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\uff1d1+1"]


@pytest.mark.parametrize("text", RISKY)
def test_a_cell_is_text_never_a_formula(text):
    answer = export.xlsx("来访", ["姓名"], [[text]])
    sheet = openpyxl.load_workbook(io.BytesIO(answer.get_data())).active
    assert sheet["A2"].data_type == "s"
    line = export.csv("来访", ["姓名"], [[text]]).get_data().decode("utf-8-sig").splitlines()[1]
    assert line.lstrip('"').startswith("'")


def test_a_negative_number_stays_a_number():
    answer = export.xlsx("结存", ["数量"], [[-5]])
    assert openpyxl.load_workbook(io.BytesIO(answer.get_data())).active["A2"].value == -5
    assert export.csv("结存", ["数量"], [[-5]]).get_data().decode("utf-8-sig").splitlines()[1] == "-5"


def test_a_chinese_file_name_reaches_the_browser():
    assert "filename*=UTF-8''%E6%9D%A5%E8%AE%BF.csv" in export.csv("来访", ["x"], []).headers["Content-Disposition"]
