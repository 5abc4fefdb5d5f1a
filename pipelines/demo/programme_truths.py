"""The planted truths of the synthetic programme: which unit shows what, in which tranche, and on which page.

The units were chosen for having firms enough and no other truth; nothing here says anything of the real ones.
"""

from __future__ import annotations

from pipelines.demo.truths import Truth

SPENDS_WELL = "330000"
SITS = "210000"
FLAT = "140000"
DAY_31 = "450000"
DAY_30 = "510000"
EXACT_SHARE = "360000"
ONE_FEN_BELOW = "120000"
OWN_CONSTRUCTION = "130000"
PAID_TWICE = "410000"
FOUR_PLATFORMS = "370000"
EMPOWERMENT = "220000"
FLOOR = "350000"
PENDING = "320000"
NO_COPY = "370200"
RECOVERED = "500000"
PUBLISHED_OTHERWISE = "150000"

PROGRAMME = (
    Truth(
        "spends_well",
        SPENDS_WELL,
        "浙江收到资金后一周内上报分配方案、再过十日内全部支付，任务超额完成。",
        "Zhejiang reports its plan within a week of receipt, pays everything within ten days more, and overfulfils "
        "its tasks.",
        "Funds",
    ),
    Truth(
        "sits",
        SITS,
        "辽宁收到2025年资金后长期未支付，支付不足四成，任务完成率全国最低。",
        "Liaoning sits on the money of 2025: less than four tenths is paid, and its tasks are the least fulfilled.",
        "Funds",
    ),
    Truth(
        "flat",
        FLAT,
        "山西2025年向每户重点“小巨人”企业分配相同金额，未写明分配依据。",
        "Shanxi plans the same amount for every key little giant in 2025, without a written rationale.",
        "Funds",
    ),
    Truth(
        "day_31",
        DAY_31,
        "广西2025年分配方案于收到资金后第31日上报，超期一日。",
        "Guangxi reports its plan of 2025 on day 31, one day late.",
        "Funds",
    ),
    Truth(
        "day_30",
        DAY_30,
        "四川2025年分配方案于收到资金后第30日上报，按期。",
        "Sichuan reports its plan of 2025 on day 30, which is in time.",
        "Funds",
    ),
    Truth(
        "exact_share",
        EXACT_SHARE,
        "江西2025年直达重点“小巨人”企业的资金恰为90%，符合规定。",
        "Jiangxi plans and pays exactly 90 % of 2025 to key little giants, which is enough.",
        "Funds",
    ),
    Truth(
        "one_fen_below",
        ONE_FEN_BELOW,
        "天津2025年直达重点“小巨人”企业的资金比90%少1分钱。",
        "Tianjin plans and pays one fen less than 90 % of 2025 to key little giants.",
        "Funds",
    ),
    Truth(
        "own_construction",
        OWN_CONSTRUCTION,
        "河北一家平台将2025年资金用于平台自身建设。",
        "A platform of Hebei spends money of 2025 on its own construction.",
        "Funds",
    ),
    Truth(
        "paid_twice",
        PAID_TWICE,
        "河南2025年向同一企业同日支付两笔相同金额，另一户企业因此未得到资金。",
        "Henan pays one firm the same amount twice on one day of 2025; another firm went without.",
        "Funds",
    ),
    Truth(
        "four_platforms",
        FOUR_PLATFORMS,
        "山东第三批支持4家平台，超过3家上限。",
        "Shandong supports four platforms in support batch 3, one more than allowed.",
        "Funds",
    ),
    Truth(
        "empowerment",
        EMPOWERMENT,
        "吉林第二轮资金中赋能部分占6%，超过5%上限。",
        "Jilin spends 6 % of its round-2 money on empowerment, above the 5 % allowed.",
        "Funds",
    ),
    Truth(
        "floor",
        FLOOR,
        "福建第二轮三户企业：一户实际总投资比2000万元少1分钱，一户恰为2000万元且完成目标，一户达到2000万元但未完成目标。",
        "Three round-2 firms of Fujian: one invests one fen less than 20 million yuan, one exactly 20 million and "
        "meets its targets, one enough but misses its targets.",
        "Appraisal results",
    ),
    Truth(
        "pending",
        PENDING,
        "江苏2025年资金于12月15日收到，到12月31日为第16日，方案尚未上报，仍在期限内。",
        "Jiangsu received its money of 2025 on 15 December; 31 December is day 16, no plan is reported yet, and there "
        "is still time.",
        "Distribution plan",
    ),
    Truth(
        "no_copy",
        NO_COPY,
        "青岛2025年分配方案按期上报，但未抄送财政部当地监管局。",
        "Qingdao reports its plan of 2025 in time and sends no copy to the local supervision bureau.",
        "Funds",
    ),
    Truth(
        "recovered",
        RECOVERED,
        "重庆一户企业2024年考核未通过被停止支持，其2024年资金的一半已收回。",
        "A firm of Chongqing is stopped after the assessment of 2024, and half of its money of 2024 is recovered.",
        "Funds",
    ),
    Truth(
        "published_otherwise",
        PUBLISHED_OTHERWISE,
        "内蒙古2025年公开的转移支付金额与收到金额不一致，相差1万元。",
        "The transfer that was published for Inner Mongolia in 2025 differs from the amount received by 10,000 yuan.",
        "Funds",
    ),
    Truth(
        "near_cut",
        "",
        "2024年度第一轮第三批考核结果已公布：浙江90.0006分，高于“优”的分数线不足0.01分；广东89.9982分，低于分数线不足0.01分；按模型分别为优、良。",
        "In the published appraisal of 2024 (round 1, support batch 3) Zhejiang has 90.0006 points, less than 0.01 "
        "above the cut-off of the best grade, and Guangdong 89.9982, less than 0.01 below: excellent and good by "
        "the model.",
        "Decide and publish",
    ),
    Truth(
        "severe_panelist",
        "",
        "3位专家评审了全部34个有第一轮重点“小巨人”企业的单位，3号专家打分明显偏低，平均比其他专家低15分以上。",
        "Three panelists have reviewed all 34 units with key little giants of round 1; panelist 3 is severe, by more "
        "than 15 points on average.",
        "Decide and publish",
    ),
    Truth(
        "self_evaluations",
        "",
        "2025年度自评：浙江已提交并锁定，其中一项自评分高于系统分；辽宁、湖北为草稿。",
        "Self-evaluations of 2025: Zhejiang's is handed in and locked, one of its values above the system's; those of "
        "Liaoning and Hubei are drafts.",
        "Self-evaluation",
    ),
)
