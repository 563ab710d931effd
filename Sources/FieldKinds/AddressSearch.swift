/// Finds the divisions at the start of a line: every way to read it is tried, and the one that explains most is taken.
struct AddressSearch {
    /// What is known of the address beside the line.
    struct Known {
        var province: String?
        var city: String?
        var district: String?
    }

    /// A way to read the line.
    struct Reading {
        let province: ChineseDivisions.Province
        var city: ChineseDivisions.City?
        var district: ChineseDivisions.District?
        var rest: Substring
        /// How much of the line it explains; a name that is said in full counts for more.
        var score: Int
    }

    /// The best reading; nil when there is none or two are as good and differ.
    static func best(in line: Substring, known: Known) -> Reading? {
        var found: Reading?
        var isAmbiguous = false
        for reading in readings(of: line) where agrees(reading, known) {
            guard let so = found else {
                found = reading
                continue
            }
            if reading.score > so.score {
                (found, isAmbiguous) = (reading, false)
            } else if reading.score == so.score, !isSame(reading, so) {
                isAmbiguous = true
            }
        }
        return isAmbiguous ? nil : found
    }

    private static func isSame(_ one: Reading, _ other: Reading) -> Bool {
        one.province.code == other.province.code && one.city?.name == other.city?.name
            && one.district?.name == other.district?.name
    }

    private static func agrees(_ reading: Reading, _ known: Known) -> Bool {
        if let province = known.province, ChineseProvince.normalised(province) != reading.province.name { return false }
        if let known = known.city, let city = reading.city, !ChineseDivisions.isName(known, of: city),
            known != reading.province.name, known != reading.district?.name
        {
            return false
        }
        guard let known = known.district, let district = reading.district else { return true }
        return ChineseDivisions.isName(known, of: district)
    }

    private static func readings(of line: Substring) -> [Reading] {
        var readings: [Reading] = []
        let line = line.drop(while: ChineseAddress.isSeparator)
        let isProvince = line.unicodeScalars.first.map(provinceFirsts.contains) ?? false
        for province in isProvince ? ChineseDivisions.provinces : [] {
            for name in names(of: province) {
                guard let rest = after(name.text, in: line, isShort: name.isShort) else { continue }
                let score = name.text.count * 10 + (name.isShort ? 0 : 5)
                readings.append(Reading(province: province, rest: rest, score: score))
                for city in province.cities { readings += within(city, province, rest, score) }
            }
        }
        // Without a province: only the cities that are named so, or have a district that is.
        for place in beginnings[beginning(of: line)] ?? [] {
            let province = ChineseDivisions.provinces[place.province]
            readings += within(province.cities[place.city], province, line, 0)
        }
        return readings
    }

    /// The characters that names of provinces begin with: most streets begin with others.
    private static let provinceFirsts = Set(
        ChineseDivisions.provinces.flatMap { names(of: $0) }.compactMap(\.text.unicodeScalars.first)
    )

    /// True when certainly no division stands at the start of a line, nor a country or a postal code in it: a look at
    /// the characters and at the names that begin with the first two, without reading the line. Nearly all streets of
    /// files with a column for the city are so, and 中山路 and 新华路 are in every town.
    static func isPlainStreet(_ line: String) -> Bool {
        var (digits, count) = (0, 0)
        var first: UInt32 = 0
        for scalar in line.unicodeScalars {
            let value = scalar.value
            if (0x30...0x39).contains(value) { digits += 1 } else { digits = 0 }
            // 邮, six digits, and what has another width.
            if value == 0x90AE || digits == 6 || (0xFF00...0xFF5F).contains(value) { return false }
            if count == 0 {
                // Separators and blanks.
                guard value > 0x3003 else { return false }
                first = value
            } else if count == 1 {
                // 中国 and 中华; 中山路 is a street.
                if first == 0x4E2D, value == 0x56FD || value == 0x534E { return false }
                if let names = named[UInt64(first) << 32 | UInt64(value)],
                    names.contains(where: { after($0.text, in: line[...], isShort: $0.isShort) != nil })
                {
                    return false
                }
            }
            count += 1
        }
        return count > 1
    }

    /// What provinces, cities and districts are called, by the first two characters.
    private static let named: [UInt64: [(text: String, isShort: Bool)]] = {
        var found: [UInt64: [(text: String, isShort: Bool)]] = [:]
        func add(_ name: (text: String, isShort: Bool)) {
            let first = name.text.unicodeScalars.prefix(2).reduce(UInt64(0)) { $0 << 32 | UInt64($1.value) }
            if found[first]?.contains(where: { $0 == name }) != true { found[first, default: []].append(name) }
        }
        for province in ChineseDivisions.provinces {
            for name in names(of: province) { add(name) }
            for city in province.cities {
                for name in names(of: city, in: province, hasProvince: false) { add(name) }
                for name in city.districts.flatMap(\.names) { add((name, false)) }
            }
        }
        return found
    }()

    private struct Place: Hashable {
        let province: Int
        let city: Int
    }

    private static func beginning(of name: Substring) -> String {
        String(name.prefix(2))
    }

    /// Where a city or a district begins with these two characters.
    private static let beginnings: [String: Set<Place>] = {
        var found: [String: Set<Place>] = [:]
        for (number, province) in ChineseDivisions.provinces.enumerated() {
            for (index, city) in province.cities.enumerated() {
                var all = names(of: city, in: province, hasProvince: false).map(\.text)
                for district in city.districts { all += district.names }
                for name in all {
                    found[beginning(of: name[...]), default: []].insert(Place(province: number, city: index))
                }
            }
        }
        return found
    }()

    private static func names(of province: ChineseDivisions.Province) -> [(text: String, isShort: Bool)] {
        [(province.name, false)] + province.shorts.map { ($0, true) }
    }

    private static func within(
        _ city: ChineseDivisions.City,
        _ province: ChineseDivisions.Province,
        _ line: Substring,
        _ score: Int
    ) -> [Reading] {
        var readings = districts(of: city, in: province, line, score)
        for name in names(of: city, in: province, hasProvince: score > 0) {
            guard let rest = after(name.text, in: line, isShort: name.isShort) else { continue }
            let sum = score + name.text.count * 10 + (name.isShort ? 0 : 5)
            let named = city.name == nil ? nil : city
            readings.append(Reading(province: province, city: named, rest: rest, score: sum))
            readings += districts(of: city, in: province, rest, sum)
        }
        return readings
    }

    private static func names(
        of city: ChineseDivisions.City,
        in province: ChineseDivisions.Province,
        hasProvince: Bool
    ) -> [(text: String, isShort: Bool)] {
        guard let name = city.name else {
            // 北京市北京市朝阳区 and 上海市市辖区浦东新区 are in many files.
            return hasProvince ? [("市辖区", false), (province.name, false), ("省直辖县级行政区划", false)] : []
        }
        var names = [(name, false)]
        if let short = city.short { names.append((short, true)) }
        if let old = FormerDivisions.cities[name] { names.append((old, false)) }
        return names
    }

    private static func districts(
        of city: ChineseDivisions.City,
        in province: ChineseDivisions.Province,
        _ line: Substring,
        _ score: Int
    ) -> [Reading] {
        var readings: [Reading] = []
        let hasMore = score > 0
        for district in city.districts {
            for name in district.names {
                guard let rest = after(name, in: line, isShort: false) else { continue }
                let sum = score + name.count * 10 + 5
                readings.append(Reading(province: province, city: city, district: district, rest: rest, score: sum))
            }
            // 西湖 alone is a lake; 杭州 西湖 with a gap after it is the district.
            if hasMore, let name = district.short, let rest = after(name, in: line, isShort: true, needsGap: true) {
                let sum = score + name.count * 10
                readings.append(Reading(province: province, city: city, district: district, rest: rest, score: sum))
            }
        }
        return readings
    }

    /// What follows a name at the start of a line; nil when it does not stand there, or is part of a street's name.
    private static func after(
        _ name: String,
        in line: Substring,
        isShort: Bool,
        needsGap: Bool = false
    ) -> Substring? {
        guard line.utf8.starts(with: name.utf8) else { return nil }
        let rest = Substring(line.utf8.dropFirst(name.utf8.count))
        guard let next = rest.first else { return rest }
        if ChineseAddress.isSeparator(next) { return rest.drop(while: ChineseAddress.isSeparator) }
        guard isShort else { return rest }
        if needsGap { return nil }
        let way = "东西南北中".contains(next) ? rest.dropFirst() : rest
        let isStreet = streets.contains { rest.hasPrefix($0) || way.hasPrefix($0) }
        return isStreet || "市省县区州旗盟".contains(next) ? nil : rest
    }

    private static let streets = [
        "路", "街", "大道", "大街", "道", "巷", "弄", "胡同", "里", "村", "镇", "乡", "桥", "大厦", "大学", "公寓", "花园", "广场", "站", "一路",
        "二路", "三路", "工业", "银行", "酒店", "饭店", "宾馆", "公司",
    ]
}
