/// The words that the rows of a measurement workspace are made of.
enum Vocabulary {
    struct City: Weighted {
        let name: String
        let weight: Int
    }

    struct Stage: Weighted {
        let key: String
        let outcome: String
        let probability: Int64
        let weight: Int
    }

    struct ActivityKind: Weighted {
        let key: String
        let name: String
        let weight: Int
    }

    struct Industry {
        let key: String
        let name: String
    }

    static let cities: [City] =
        [("上海", 12), ("北京", 10), ("深圳", 8), ("广州", 8)].map { City(name: $0.0, weight: $0.1) }
        + [
            "杭州", "成都", "武汉", "南京", "苏州", "西安", "重庆", "天津", "青岛", "长沙", "郑州", "宁波", "无锡", "厦门", "合肥",
            "济南",
        ].map { City(name: $0, weight: 3) }

    static let first = characters("恒华鑫云中天瑞盛金海东新创嘉明宏泰安康信")
    static let second = characters("丰达创利科源德诚远通联成兴隆佳美博智众安")
    static let third = characters("诚华信鸿业辉昌荣益顺祥正大元凯捷腾飞宇邦")
    static let companies = ["咨询有限公司", "科技有限公司", "贸易有限公司", "医疗器械有限公司", "机械有限公司", "建材有限公司", "食品有限公司", "物流有限公司"]

    static let industries = [
        Industry(key: "manufacturing", name: "制造"), Industry(key: "software", name: "软件"),
        Industry(key: "retail", name: "零售"), Industry(key: "finance", name: "金融"),
        Industry(key: "logistics", name: "物流"), Industry(key: "medical", name: "医疗"),
        Industry(key: "education", name: "教育"), Industry(key: "services", name: "服务"),
    ]
    static let sources = ["website", "exhibition", "referral", "partner", "cold_call", "other"]
    static let streets = ["人民路", "中山路", "解放大道", "建设路", "科技园路", "长江路", "和平街", "新华路", "滨江大道", "学府路"]
    static let remarks = ["对价格比较敏感", "重视售后服务", "合作多年关系稳定", "计划明年扩大规模", "决策流程较长"]
    static let mobilePrefixes = ["138", "139", "136", "158", "186", "188", "135", "159"]

    static let familyNames = characters("王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗")
    static let givenNames = characters("伟芳娜敏静丽强磊军洋勇艳杰娟涛明超秀霞平")
    static let deals = ["年度采购", "设备更新", "系统升级", "服务续约", "新厂建设", "咨询项目", "培训合同", "试用转正"]

    static let activityKinds = [
        ActivityKind(key: "call", name: "电话沟通", weight: 45), ActivityKind(key: "message", name: "微信联系", weight: 20),
        ActivityKind(key: "visit", name: "上门拜访", weight: 12), ActivityKind(key: "email", name: "发送资料", weight: 8),
        ActivityKind(key: "meeting", name: "会议讨论", weight: 5), ActivityKind(key: "task", name: "准备方案", weight: 10),
    ]
    static let outcomes = ["interested", "follow_up", "agreed", "not_interested", "no_answer"]

    // The six stages of the measurement's description on the five of the product: proposal and negotiation are one.
    static let stages = [
        Stage(key: "potential", outcome: "open", probability: 10, weight: 25),
        Stage(key: "interested", outcome: "open", probability: 30, weight: 20),
        Stage(key: "negotiating", outcome: "open", probability: 60, weight: 30),
        Stage(key: "won", outcome: "won", probability: 100, weight: 15),
        Stage(key: "lost", outcome: "lost", probability: 0, weight: 10),
    ]

    private static func characters(_ text: String) -> [String] { text.map { String($0) } }
}
