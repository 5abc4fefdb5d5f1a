"""Writes firms as an annual_returns file: UTF-8, Chinese headers, amounts in 万元, one row per firm and year."""

import csv
from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

from tests.oracle.three_values import WAN, Firm

HEADERS = {
    "uscc": "统一社会信用代码", "name": "企业名称", "province": "省份", "city": "地市", "year": "年度",
    "industry_code": "行业代码", "employees": "从业人员数", "rd_employees": "研发人员数",
    "revenue": "营业收入（万元）", "main_revenue": "主营业务收入（万元）", "net_profit": "净利润（万元）",
    "total_assets": "资产总额（万元）", "total_liabilities": "负债总额（万元）",
    "rd_expense": "研发费用（万元）", "new_equity": "新增股权融资（万元）",
    "niche_years": "从事特定细分市场年限", "class1_ip": "Ⅰ类知识产权数", "class1_ip_own": "Ⅰ类自主研发数",
    "class1_ip_high_value": "Ⅰ类高价值数", "class1_ip_in_use": "Ⅰ类已应用并产生效益数",
    "class2_ip": "Ⅱ类知识产权数", "product_fields": "主导产品所属领域", "digital_level": "数字化水平",
    "quality_award": "省级以上质量奖", "qms_certificate": "质量管理体系认证",
    "mgmt_certificate": "管理体系认证", "product_certificate": "发达国家和地区产品认证",
    "own_brand": "自主品牌", "standards_role": "参与制修订标准", "core_system": "核心业务信息系统支撑",
    "rd_institution": "研发机构级别", "market_share": "全国细分市场占有率（%）",
    "chain_key_link": "位于产业链关键环节", "provincial_points": "地方特色指标得分", "honours": "有效荣誉",
    "national_award_rank": "国家级科技奖励排名", "national_award_year": "国家级科技奖励年度",
    "provincial_award_rank": "省级科技奖励排名", "provincial_award_year": "省级科技奖励年度",
    "maker_china_rank": "创客中国企业组名次", "maker_china_year": "创客中国年度",
    "legal_person": "独立法人", "abnormal_list": "经营异常名录", "dishonest_list": "严重失信主体",
    "restricted_products": "禁止限制淘汰类", "major_incident_3y": "近三年重大事故或违法",
    "listed_board": "上市板块", "listed_on": "上市日期", "single_champion": "制造业单项冠军",
    "control_percent": "与小巨人控股比例（%）", "related_uscc": "关联企业信用代码",
    "same_group_similar_product": "同集团同类产品", "market_rank": "细分市场国内排名",
    "class1_ip_original": "Ⅰ类原始取得且前三权利人数", "audit_code": "审计报告编码",
    "development_score": "专精特新发展评价得分",
}  # fmt: skip

WORDS = {
    "strategic_emerging": "战略性新兴产业", "chain_gap": "补短板锻长板填空白", "six_bases": "工业六基",
    "time_honoured": "中华老字号", "key_chain_supplier": "服务重点龙头", "ten_fields": "十大重点领域",
    "network_power": "网络强国", "none": "无", "below_municipal": "市级以下", "municipal": "市级",
    "provincial": "省级", "national": "国家级", "high_tech": "高新技术企业",
    "tech_innovation_demo": "国家级技术创新示范企业", "ip_advantage": "知识产权优势企业",
    "ip_demo": "知识产权示范企业",
}  # fmt: skip


@dataclass(frozen=True)
class Entry:
    """One firm of a file: who it is, and its cells by field and year."""

    uscc: str
    name: str
    province: str
    cells: Firm
    tag: str = ""


def decimal_text(value: Fraction) -> str:
    """Every digit of a decimal fraction, and no more."""
    whole, rest = divmod(abs(value), 1)
    digits = ""
    while rest:
        digit, rest = divmod(rest * 10, 1)
        digits += str(digit)
    return f"{'-' if value < 0 else ''}{whole}{'.' if digits else ''}{digits}"


def cell_text(field: str, value) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, (tuple, list)):
        return ";".join(WORDS[item] for item in value)
    if HEADERS[field].endswith("（万元）"):
        return decimal_text(Fraction(value, WAN))
    if isinstance(value, Fraction):
        return decimal_text(value)
    return WORDS.get(value, str(value)) if isinstance(value, str) else str(value)


def rows(entry: Entry) -> Iterable[list[str]]:
    fixed = {"uscc": entry.uscc, "name": entry.name, "province": entry.province, "city": ""}
    for year in sorted(year for field, year in entry.cells if field == "year"):
        yield [
            fixed[field] if field in fixed else cell_text(field, entry.cells.get((field, year)))
            for field in HEADERS
        ]


def write_annual_returns(entries: Iterable[Entry], path: Path) -> Path:
    with path.open("w", encoding="utf-8", newline="") as out:
        writer = csv.writer(out)
        writer.writerow(HEADERS.values())
        for entry in entries:
            writer.writerows(rows(entry))
    return path
