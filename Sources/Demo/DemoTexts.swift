/// What salespeople of an industrial software company write down.
enum DemoTexts {
    static let aspects = [
        "设备联网和数据采集", "工单报工流程", "排产规则", "质量追溯", "与 ERP 的接口", "移动端报工", "看板展示", "模具管理",
        "条码与批次管理", "能耗分析", "异常安灯流程", "权限和审批", "历史数据迁移", "老设备改造", "服务器与网络环境", "实施周期", "培训安排",
        "售后响应时间", "多工厂部署", "刀具寿命管理",
    ]

    static let concerns = [
        "担心影响现有生产，希望先在一条线上试点", "认为报价偏高，希望分期付款", "需要先向集团汇报", "要求提供同行业案例", "关心实施周期能否控制在三个月内",
        "对接口开发的费用有疑问", "希望先看演示环境", "觉得功能过多，想先上基础模块", "提到正在比较另外两家供应商", "预算要等下个季度批复", "希望驻场实施",
        "要求数据留在厂内服务器", "强调操作要简单，一线员工年龄偏大", "关注系统稳定性和断网处理", "需要信息部门一起评估",
    ]

    static let results = [
        "约定下周安排现场调研", "本周内发送修改后的方案", "下次会议邀请生产部经理参加", "已约线上演示，时间待确认", "请对方提供设备清单", "周五前给出正式报价",
        "安排技术同事对接接口问题", "待对方内部讨论后回复", "安排参观标杆客户工厂", "合同条款交法务审核", "确认验收标准后签字", "月底前再次跟进", "同意先做两周试运行",
        "发送案例资料和实施计划", "预约总经理面谈",
    ]

    static let replies = ["积极", "谨慎", "平和", "比较着急", "客气", "不太明确", "友好", "犹豫"]

    static let needs = [
        "希望实现车间设备联网，实时看到产量和停机原因", "现有 Excel 排产效率低，想上自动排产", "客户要求全流程质量追溯", "新工厂年底投产，需要整体数字化方案",
        "仓库账实不符，想上条码管理", "能耗成本高，需要按设备统计用电", "准备申报智能工厂，需要 MES 系统", "老系统停止维护，需要替换", "集团统一要求上线数据平台",
        "想降低不良率，需要过程数据分析", "人工抄表太多，希望自动采集", "需要移动端审批和报工",
    ]

    static let notes = [
        "老客户介绍，决策链条清晰。", "生产旺季在三季度，避开盘点时间拜访。", "信息部人手少，需要我们多支持。", "总经理重视数字化，每月听取汇报。", "采购流程较长，需提前准备资质文件。",
        "现有系统用了八年，数据较乱。", "工厂分两个厂区，班次为三班倒。", "付款习惯良好，一般月底走流程。", "曾用过竞品，对售后不满意。", "对价格敏感，注重投入产出。",
    ]

    static let titles: [((String, String, String), Int)] = [
        (("总经理", "总经办", "decision_maker"), 12), (("副总经理", "总经办", "decision_maker"), 8),
        (("生产总监", "生产部", "influencer"), 9), (("生产经理", "生产部", "user"), 13), (("设备经理", "设备部", "user"), 10),
        (("信息部经理", "信息部", "technical"), 14), (("IT 工程师", "信息部", "technical"), 8),
        (("采购经理", "采购部", "purchasing"), 12), (("采购专员", "采购部", "purchasing"), 6),
        (("质量经理", "质量部", "influencer"), 7), (("财务经理", "财务部", "finance"), 6), (("总经理助理", "总经办", "gatekeeper"), 5),
    ]

    static let tags: [(String, Int)] = [
        ("重点", 10), ("专精特新", 12), ("上市公司", 4), ("外资", 6), ("老客户推荐", 10), ("展会客户", 10), ("多工厂", 7), ("价格敏感", 9),
        ("可做案例", 5), ("集团采购", 4),
    ]

    static let competitors = ["同行甲公司", "外资某品牌", "本地集成商", "客户自研", "某 ERP 厂商"]

    static func body(_ kind: String, who: String, _ random: inout SeededGenerator) -> String {
        let aspect = random.pick(aspects)
        let concern = random.pick(concerns)
        let result = random.pick(results)
        switch kind {
        case "call":
            return random.pick([
                "与\(who)通电话，沟通\(aspect)。对方\(concern)，\(result)。",
                "电话回访\(who)：主要问到\(aspect)，\(concern)。\(result)。",
                "\(who)来电询问\(aspect)，态度\(random.pick(replies))，\(result)。",
            ])
        case "visit":
            return random.pick([
                "到客户现场拜访\(who)，参观车间并了解\(aspect)。对方\(concern)。\(result)。",
                "现场调研一天，重点看了\(aspect)的现状，\(who)\(concern)。后续：\(result)。",
            ])
        case "meeting":
            return random.pick([
                "与\(who)及相关部门开会，演示了\(aspect)。会上\(concern)。会议结论：\(result)。",
                "方案评审会，议题：\(aspect)。\(who)\(concern)。\n下一步：\(result)。",
            ])
        case "email":
            return random.pick([
                "给\(who)发送了关于\(aspect)的资料，并说明实施步骤。\(result)。", "\(who)邮件回复：\(concern)。已回信说明\(aspect)，\(result)。",
            ])
        case "message":
            return random.pick(["微信联系\(who)，约时间沟通\(aspect)。\(result)。", "\(who)微信反馈：\(concern)。"])
        case "task": return "\(result)；准备\(aspect)的材料。"
        default: return random.pick(["客户情况更新：\(concern)。", "\(aspect)需求有变化，\(concern)。\(result)。"])
        }
    }
}
