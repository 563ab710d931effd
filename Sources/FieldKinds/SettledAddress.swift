import Synchronization
import Values

/// Where divisions lie, as files name them again and again.
private let settledPlaces = Mutex<[AddressParts: AddressParts]>([:])

extension AddressParts {
    /// The names of the parts in the API, in the order of the columns.
    static let names = ["street", "country", "province", "city", "district", "postal_code"]

    /// The parts as the columns of an address field.
    var columns: [SQLValue] { [street, country, province, city, district, postalCode].map(SQLValue.init) }

    /// The address with what follows from its parts: divisions that only the street names, the province of a city, and
    /// full names for short ones. Foreign addresses and divisions that the statistics do not know stay as they are.
    ///
    /// Throws `city_not_in_province` or `district_not_in_city` when two parts contradict each other.
    public func settled() throws(ValueFailure) -> AddressParts {
        guard isInChina else { return self }
        var parts = self
        parts.takeFromStreet()
        let place = parts.place
        if let known = settledPlaces.withLock({ $0[place] }) {
            (parts.province, parts.city, parts.district) = (known.province, known.city, known.district)
            return parts
        }
        try parts.settlePlace()
        let known = parts.place
        settledPlaces.withLock { if $0.count < 5000 { $0[place] = known } }
        return parts
    }

    /// The divisions alone.
    private var place: AddressParts {
        var place = AddressParts()
        (place.province, place.city, place.district) = (province, city, district)
        return place
    }

    private mutating func settlePlace() throws(ValueFailure) {
        guard let among = try settleProvince() else { return }
        try settleDistrict(in: among)
    }

    private var isInChina: Bool {
        guard let country, !country.isEmpty else { return true }
        return [
            "中国", "中华人民共和国", "中国大陆", "china", "cn", "chn", "prc", "p.r.china", "p.r. china",
            "people's republic of china",
            "hk", "mo", "tw", "hong kong", "macau", "macao", "taiwan",
        ].contains(Fold.fold(country).trimmedSpaces)
    }

    private mutating func takeFromStreet() {
        guard let line = street, province == nil || district == nil, !AddressSearch.isPlainStreet(line),
            let found = ChineseAddress.split(line, province: province, city: city, district: district)
        else { return }
        street = found.street
        country = country ?? found.country
        province = found.province ?? province
        city = city ?? found.city
        district = district ?? found.district
        postalCode = postalCode ?? found.postalCode
    }

    /// Names the province and city in full; nil when there is no province of China.
    private mutating func settleProvince() throws(ValueFailure) -> ChineseDivisions.Province? {
        if let province {
            guard let known = ChineseDivisions.province(province) else { return nil }
            self.province = known.name
            try settleCity(in: known)
            return known
        }
        guard let city else { return nil }
        if let known = ChineseDivisions.province(city), known.cities.allSatisfy({ $0.name == nil }) {
            self.province = known.name
            return known
        }
        let homes = ChineseDivisions.provinces(ofCity: city)
        guard homes.count == 1 else { return nil }
        province = homes[0].name
        try settleCity(in: homes[0])
        return homes[0]
    }

    private mutating func settleCity(in among: ChineseDivisions.Province) throws(ValueFailure) {
        guard let city else { return }
        if let name = among.cities.first(where: { ChineseDivisions.isName(city, of: $0) })?.name {
            self.city = name
        } else if ChineseDivisions.province(city)?.name == among.name {
            self.city = among.name
        } else if !among.cities.contains(where: { $0.districts.contains { $0.name == city } }),
            let home = ChineseDivisions.provinces(ofCity: city).first
        {
            throw ValueFailure(
                "city_not_in_province",
                Label(
                    "\(city) lies in \(home.name), not in \(among.name). Correct one of them.",
                    zh: "“\(city)”属于\(home.name)，不属于\(among.name)，请核对省份和城市。"
                )
            )
        }
    }

    private mutating func settleDistrict(in among: ChineseDivisions.Province) throws(ValueFailure) {
        guard let district else { return }
        let named = among.cities.first { $0.name != nil && $0.name == city }
        let cities = named.map { [$0] } ?? (city == nil || city == among.name ? among.cities : [])
        let homes = cities.filter { $0.districts.contains { ChineseDivisions.isName(district, of: $0) } }
        if let home = homes.first {
            guard homes.count == 1 else { return }
            city = city ?? home.name
            self.district = home.districts.first { ChineseDivisions.isName(district, of: $0) }?.name
            return
        }
        guard !cities.isEmpty, let (province, home) = AddressParts.home(ofDistrict: district) else { return }
        let place = province.name + (home.name ?? "")
        let here = named?.name ?? among.name
        throw ValueFailure(
            "district_not_in_city",
            Label(
                "\(district) lies in \(place), not in \(here). Correct one of them.",
                zh: "“\(district)”属于\(place)，不属于\(here)，请核对城市和区县。"
            )
        )
    }

    private static func home(
        ofDistrict name: String
    ) -> (ChineseDivisions.Province, ChineseDivisions.City)? {
        for province in ChineseDivisions.provinces {
            for city in province.cities where city.districts.contains(where: { $0.name == name }) {
                return (province, city)
            }
        }
        return nil
    }
}
