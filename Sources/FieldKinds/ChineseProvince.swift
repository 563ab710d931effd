/// The 34 provinces, municipalities, autonomous and special administrative regions of China.
public enum ChineseProvince {
    /// The full names, in the order of the statistics.
    public static let names: [String] = [
        "北京市", "天津市", "河北省", "山西省", "内蒙古自治区", "辽宁省", "吉林省", "黑龙江省", "上海市", "江苏省", "浙江省",
        "安徽省", "福建省", "江西省", "山东省", "河南省", "湖北省", "湖南省", "广东省", "广西壮族自治区", "海南省", "重庆市",
        "四川省", "贵州省", "云南省", "西藏自治区", "陕西省", "甘肃省", "青海省", "宁夏回族自治区", "新疆维吾尔自治区", "台湾省",
        "香港特别行政区", "澳门特别行政区",
    ]

    /// The full name of a province that was written in short, 浙江 as 浙江省; nil for anything else.
    public static func normalised(_ text: String) -> String? {
        let name = text.trimmedSpaces
        return names.contains(name) ? name : fullNames[short(name)]
    }

    /// The names that are said for a province's full name: 内蒙古, 广西自治区, 中国香港.
    static func shortNames(of name: String) -> [String] {
        let short = short(name)
        switch name {
        case "台湾省": return [short, "中国台湾", "台灣"]
        case "香港特别行政区", "澳门特别行政区": return [short, "中国" + short, short == "澳门" ? "澳門" : "Hong Kong"]
        case "广西壮族自治区", "宁夏回族自治区", "新疆维吾尔自治区": return [short + "自治区", short, short + "省"]
        case "内蒙古自治区": return [short, "内蒙", short + "省"]
        default: return [short]
        }
    }

    private static let fullNames = Dictionary(names.map { (short($0), $0) }, uniquingKeysWith: { first, _ in first })

    private static func short(_ name: String) -> String {
        let endings = [
            "维吾尔自治区", "壮族自治区", "回族自治区", "特别行政区", "自治区", "省", "市", "维吾尔", "壮族", "回族",
        ]
        for ending in endings where name.hasSuffix(ending) { return String(name.dropLast(ending.count)) }
        return name
    }
}
