import Schema
import Search
import Values

/// Which choice, or which person, a text of another system means.
struct ValueProposal: Sendable, Equatable {
    /// The key of the choice, or the id of the person.
    let target: String
    /// False for a mere likeness, which a person has to look at.
    let isSure: Bool

    /// The choice that a text means; nil when none comes near. What the field reads by itself is answered too.
    static func choice(_ text: String, _ choices: [Choice]) -> ValueProposal? {
        let offered = choices.filter { !$0.hidden }
        func one(_ isFitting: (Choice) -> Bool) -> String? {
            let fitting = offered.filter(isFitting)
            return fitting.count == 1 ? fitting[0].key : nil
        }
        let folded = Fold.fold(text.trimmed)
        if let key = one({ names($0).contains { Fold.fold($0) == folded } }) { return .init(target: key, isSure: true) }
        let forms = forms(of: text)
        for form in forms {
            if let key = one({ names($0).flatMap(ValueProposal.forms).contains(form) }) {
                return .init(target: key, isSure: true)
            }
        }
        for form in forms {
            for group in ChoiceSynonyms.groups where group.contains(form) {
                if let key = one({ names($0).flatMap(ValueProposal.forms).contains(where: group.contains) }) {
                    return .init(target: key, isSure: true)
                }
            }
        }
        for form in forms where isLong(form) {
            if let key = one({ names($0).flatMap(ValueProposal.forms).contains { isPart($0, form) } }) {
                return .init(target: key, isSure: false)
            }
            if let key = one({ names($0).flatMap(ValueProposal.forms).contains { isTypo($0, form) } }) {
                return .init(target: key, isSure: false)
            }
        }
        return nil
    }

    private static func names(_ choice: Choice) -> [String] { [choice.key, choice.label.en, choice.label.zh] }

    /// A text without case, blanks and signs; then without a leading number, and what stands before and in brackets.
    static func forms(of text: String) -> [String] {
        let folded = Fold.fold(text)
        var forms = [letters(folded)]
        var rest = folded[...]
        while let first = rest.first, first.isNumber || ".、-_ )".contains(first) { rest.removeFirst() }
        forms.append(letters(String(rest)))
        if let open = rest.firstIndex(where: { "([【".contains($0) }) {
            forms.append(letters(String(rest[..<open])))
            forms.append(letters(String(rest[rest.index(after: open)...])))
        }
        for suffix in ["类", "级", "类客户", "级客户", "客户"] where forms[0].hasSuffix(suffix) {
            forms.append(String(forms[0].dropLast(suffix.count)))
        }
        var seen: Set<String> = []
        return forms.filter { !$0.isEmpty && seen.insert($0).inserted }
    }

    private static func letters(_ text: String) -> String {
        String(
            String.UnicodeScalarView(
                text.unicodeScalars.filter { $0.properties.isAlphabetic || $0.properties.numericType != nil }
            )
        )
    }

    /// Two Chinese characters or four letters say enough.
    private static func isLong(_ form: String) -> Bool { form.utf8.count >= 4 }

    private static func isPart(_ name: String, _ form: String) -> Bool {
        isLong(name) && (name.contains(form) || form.contains(name))
    }

    /// One letter wrong, missing or too many.
    private static func isTypo(_ name: String, _ form: String) -> Bool {
        let (first, second) = (Array(name), Array(form))
        guard min(first.count, second.count) >= 5, abs(first.count - second.count) <= 1 else { return false }
        let start = zip(first, second).prefix { $0 == $1 }.count
        let end = zip(first.reversed(), second.reversed()).prefix { $0 == $1 }.count
        return start + end >= max(first.count, second.count) - 1
    }

    // MARK: Persons

    /// A person of the workspace.
    struct Person: Sendable {
        let id: RecordID
        let name: String
        let email: String
        let isActive: Bool
    }

    /// The person that a text means: e-mail and name decide, then the name before the @, the words of the name in another
    /// order, and the sounds of a Chinese name.
    static func person(_ text: String, _ persons: [Person]) -> ValueProposal? {
        func one(_ isFitting: (Person) -> Bool) -> String? {
            let all = persons.filter(isFitting)
            let fitting = all.contains(where: \.isActive) ? all.filter(\.isActive) : all
            return fitting.count == 1 ? fitting[0].id.description : nil
        }
        let folded = Fold.fold(text.trimmed)
        if let id = one({ Fold.fold($0.email) == folded || Fold.fold($0.name) == folded || $0.id.description == text })
        {
            return .init(target: id, isSure: true)
        }
        // «李雷 (lei.li@example.com)» and «Lei Li <lei.li@example.com>».
        if let id = one({ folded.contains(Fold.fold($0.email)) }) { return .init(target: id, isSure: true) }
        let own = words(text)
        if !own.isEmpty, let id = one({ words($0.name) == own }) { return .init(target: id, isSure: own.count > 1) }
        if !own.isEmpty, let id = one({ sounds($0.name) == own || words(String($0.email.prefix { $0 != "@" })) == own })
        {
            return .init(target: id, isSure: false)
        }
        return nil
    }

    private static func words(_ text: String) -> [String] {
        Fold.fold(text).split { !$0.isLetter && !$0.isNumber }.map(String.init).sorted()
    }

    private static func sounds(_ name: String) -> [String] {
        // 李雷 is spelled `~li 李~lei 雷`.
        SortKey.spelled(name).split(separator: "~").map { String($0.prefix { $0 != " " }) }.sorted()
    }
}

/// Words that mean the same in the choices of different systems, without blanks and signs.
enum ChoiceSynonyms {
    static let groups: [Set<String>] = [
        ["won", "closedwon", "赢单", "成交", "已成交", "赢得", "已赢单", "签单", "dealwon"],
        ["lost", "closedlost", "输单", "已输单", "丢单", "失败", "战败", "deallost"],
        ["open", "inprogress", "进行中", "跟进中"],
        ["new", "open", "opennotcontacted", "notcontacted", "新建", "未处理", "新线索", "待处理", "未跟进"],
        ["contacted", "workingcontacted", "attemptedtocontact", "connected", "已联系", "跟进中", "联系中", "已跟进"],
        [
            "qualified", "closedconverted", "prequalified", "marketingqualifiedlead", "salesqualifiedlead", "有效",
            "有效线索", "合格",
        ],
        ["converted", "已转化", "已转换", "已转客户", "转化"],
        ["invalid", "unqualified", "closednotconverted", "junklead", "badtiming", "lostlead", "无效", "无效线索", "不合格"],
        ["potential", "prospect", "prospecting", "prospectingcustomer", "lead", "潜在", "潜在客户", "目标客户", "未成交"],
        [
            "interested", "qualification", "needsanalysis", "valueproposition", "engaging", "qualifiedtobuy", "意向客户",
            "初步接洽", "需求分析", "需求确认",
        ],
        [
            "negotiating", "negotiation", "negotiationreview", "proposalpricequote", "contractsent",
            "decisionmakerboughtin",
            "谈判中", "商务谈判", "谈判", "方案报价", "合同谈判", "谈判审核",
        ],
        ["customer", "customerdirect", "existingcustomer", "成交客户", "已成交", "老客户", "正式客户"],
        ["dormant", "inactive", "sleeping", "沉睡", "沉睡客户", "休眠"],
        ["lost", "formercustomer", "churned", "流失", "流失客户"],
        [
            "website", "web", "webform", "organicsearch", "directtraffic", "webdownload", "webresearch", "官网", "网站",
            "公司官网",
        ],
        ["search", "paidsearch", "searchengine", "百度", "搜索引擎", "搜索", "google"],
        ["advertising", "advertisement", "paidsocial", "广告", "广告投放", "推广"],
        ["wechat", "微信", "公众号", "企业微信"],
        ["exhibition", "tradeshow", "tradefair", "展会", "展览会", "会展"],
        ["event", "seminar", "seminarpartner", "publicrelations", "市场活动", "活动", "会议", "研讨会"],
        [
            "referral", "employeereferral", "externalreferral", "wordofmouth", "referralbyacustomer", "转介绍", "客户转介绍",
            "客户介绍", "朋友介绍", "介绍",
        ],
        ["partner", "partnerreferral", "channelpartner", "合作伙伴", "渠道", "渠道伙伴", "代理商"],
        ["coldcall", "phoneinquiry", "电话", "电话营销", "电话拓客", "陌拜电话", "电话咨询"],
        ["visit", "上门拜访", "陌生拜访", "陌拜", "独立开发"],
        ["tender", "bidding", "招投标", "招标", "投标"],
        ["manufacturing", "machinery", "制造业", "制造", "机械制造", "生产制造"],
        [
            "software", "technology", "it", "informationtechnology", "computersoftware", "软件", "it业", "信息技术", "软件与信息技术",
            "计算机",
        ],
        ["telecom", "telecommunications", "communications", "通信", "电信", "电信通讯"],
        ["retail", "wholesale", "零售", "批发零售", "商贸", "贸易"],
        ["finance", "banking", "insurance", "financialservices", "金融", "金融业", "金融保险", "银行", "保险"],
        ["realestate", "房地产", "房地产业", "地产"],
        ["construction", "engineering", "建筑", "建筑业", "建筑工程", "工程"],
        ["logistics", "transportation", "shipping", "物流", "运输", "交通物流", "交通运输"],
        ["energy", "utilities", "oilgas", "能源", "电力", "能源电力"],
        ["medical", "healthcare", "医疗", "医疗健康", "卫生"],
        ["pharma", "biotechnology", "pharmaceuticals", "医药", "生物医药", "制药"],
        ["food", "foodbeverage", "食品", "食品饮料", "餐饮食品"],
        ["education", "教育", "教育培训", "培训"],
        ["hospitality", "recreation", "酒店", "餐饮", "酒店餐饮", "旅游"],
        ["media", "entertainment", "传媒", "文化传媒", "媒体"],
        ["services", "consulting", "服务业", "服务", "商务服务", "咨询"],
        ["agriculture", "农业", "农林牧渔"],
        ["government", "notforprofit", "政府", "政府机关", "事业单位", "政府与公共事业"],
        ["female", "f", "woman", "mrs", "ms", "女", "女士", "女性"],
        ["male", "m", "man", "mr", "男", "先生", "男性"],
        ["a", "hot", "重点", "重点客户", "重要客户", "vip", "大客户", "核心客户"],
        ["b", "warm", "普通", "普通客户", "中等"],
        ["c", "cold", "一般", "一般客户", "小客户"],
        ["company", "business", "企业", "企业客户", "公司"],
        ["person", "individual", "personaccount", "个人", "个人客户"],
        ["other", "其他", "其它", "others"],
    ]
}
