/// The administrative divisions of China: 34 provinces, their cities and districts, with the codes of the statistics.
public enum ChineseDivisions {
    /// A city of a province, or the districts that a province holds without one.
    struct City: Sendable {
        /// `浙江省`'s `杭州市`; nil for the districts of Beijing and for counties that belong to no city.
        let name: String?
        let code: String?
        /// 杭州 for 杭州市.
        let short: String?
        let districts: [District]
    }

    /// A district, county or county-level city.
    struct District: Sendable {
        let name: String
        let code: String?
        /// 西湖 for 西湖区.
        let short: String?
        /// The name and those of districts that were merged into it.
        let names: [String]
    }

    /// A province with all below it.
    struct Province: Sendable {
        let name: String
        let code: String
        /// 浙江 for 浙江省, and what else it is called.
        let shorts: [String]
        let cities: [City]
    }

    /// The provinces, in the order of their codes.
    static let provinces: [Province] = DivisionTable.lines.split(separator: "\n").compactMap { line in
        let parts = line.split(separator: "/")
        guard let first = parts.first else { return nil }
        let code = String(first.prefix(2))
        let name = String(first.dropFirst(2))
        return Province(
            name: name,
            code: code,
            shorts: ChineseProvince.shortNames(of: name),
            cities: parts.dropFirst().map { city($0, code) }
        )
    }

    private static let withoutCity = ["市辖区", "县", "省直辖县级行政区划", "自治区直辖县级行政区划"]

    private static func city(_ text: Substring, _ province: String) -> City {
        let parts = text.split(separator: ",")
        let (code, name) = coded(parts.first ?? "", below: province)
        let districts = parts.dropFirst().compactMap { part -> District? in
            let (code, district) = coded(part, below: code ?? province)
            // 东莞市 has no districts: the statistics count the city as its own.
            return district == name
                ? nil
                : District(
                    name: district,
                    code: code,
                    short: short(district),
                    names: [district] + (FormerDivisions.districts[province + district] ?? [])
                )
        }
        let named = withoutCity.contains(name) ? nil : name
        return City(name: named, code: code, short: named.flatMap(shortCity), districts: districts)
    }

    private static func coded(_ text: Substring, below code: String) -> (String?, String) {
        let digits = text.prefix { $0.isASCII && $0.isNumber }
        return (digits.isEmpty ? nil : code + digits, String(text.dropFirst(digits.count)))
    }

    private static let byName = Dictionary(provinces.map { ($0.name, $0) }, uniquingKeysWith: { first, _ in first })

    static func province(_ name: String) -> Province? { ChineseProvince.normalised(name).flatMap { byName[$0] } }

    /// The provinces that have a city of that name, full or short.
    static func provinces(ofCity name: String) -> [Province] { (homes[name] ?? []).map { provinces[$0] } }

    private static let homes: [String: [Int]] = {
        var found: [String: [Int]] = [:]
        for (index, province) in provinces.enumerated() {
            for name in province.cities.flatMap({ [$0.name, $0.short] }).compactMap({ $0 })
            where found[name]?.contains(index) != true {
                found[name, default: []].append(index)
            }
        }
        return found
    }()

    /// The full names of the cities of a province, of all provinces without one.
    public static func cities(of province: String? = nil) -> [String] {
        guard let province else { return provinces.flatMap { $0.cities.compactMap(\.name) } }
        return self.province(province)?.cities.compactMap(\.name) ?? []
    }

    /// The full names of the districts of a city; of the whole province without one.
    public static func districts(of city: String?, in province: String? = nil) -> [String] {
        let among = province.map { self.province($0).map { [$0] } ?? [] } ?? provinces
        let cities = among.flatMap { province in
            province.cities.filter { found in
                guard let city, !city.isEmpty, city != province.name else { return true }
                return isName(city, of: found)
            }
        }
        return cities.flatMap { $0.districts.map(\.name) }
    }

    /// How far down a division stands.
    public enum Level: Sendable { case province, city, district }

    /// Divisions whose names hold what was typed, with what they lie in; those that begin so come first.
    public static func suggestions(_ text: String, _ level: Level, limit: Int = 20) -> [(name: String, place: String)] {
        if level == .province { return provinces.filter { $0.name.contains(text) }.map { ($0.name, "") } }
        let districts = level == .district
        var first: [(String, String)] = []
        var others: [(String, String)] = []
        for province in provinces {
            for city in province.cities {
                let names = districts ? city.districts.map(\.name) : [city.name].compactMap { $0 }
                for name in names where name.contains(text) {
                    let entry = (name, province.name + (districts ? city.name ?? "" : ""))
                    if name.hasPrefix(text) { first.append(entry) } else { others.append(entry) }
                }
            }
        }
        return Array((first + others).prefix(limit))
    }

    /// The codes of the statistics for a division, as in `44`, `4417` and `441704`; nil where there is none.
    public static func codes(
        province: String,
        city: String?,
        district: String?
    ) -> (province: String, city: String?, district: String?)? {
        guard let found = self.province(province) else { return nil }
        for candidate in found.cities where city == nil || candidate.name == city {
            guard let district else {
                if city != nil || candidate.name == nil { return (found.code, candidate.code, nil) }
                continue
            }
            if let area = candidate.districts.first(where: { $0.name == district }) {
                return (found.code, candidate.code, area.code)
            }
        }
        return (found.code, nil, nil)
    }

    /// True for the full name of a city and for the short one: 杭州 for 杭州市, 恩施 for its prefecture.
    static func isName(_ text: String, of city: City) -> Bool { text == city.name || text == city.short && text != "" }

    /// True for the full name of a district and for the short one.
    static func isName(_ text: String, of district: District) -> Bool {
        text == district.name || text == district.short
    }

    /// The name as it is said in short; nil where it would be one character or the name has no ending.
    private static func short(_ name: String) -> String? {
        for ending in ["地区", "林区", "矿区", "新区", "盟", "市", "区", "县", "旗"] where name.hasSuffix(ending) {
            let rest = String(name.dropLast(ending.count))
            return rest.count > 1 ? rest : nil
        }
        return nil
    }

    /// The short name of a city; of an autonomous prefecture without its peoples, whom nobody says.
    private static func shortCity(_ name: String) -> String? {
        guard name.hasSuffix("自治州") else { return short(name) }
        var rest = String(name.dropLast(3))
        while let last = peoples.first(where: { rest.hasSuffix($0) && rest.count > $0.count }) {
            rest = String(rest.dropLast(last.count))
        }
        return rest
    }

    private static let peoples = [
        "朝鲜族", "土家族", "苗族", "藏族", "羌族", "彝族", "布依族", "侗族", "哈尼族", "壮族", "傣族", "白族", "景颇族", "傈僳族", "回族", "蒙古族",
        "蒙古", "柯尔克孜", "哈萨克", "维吾尔",
    ]
}
