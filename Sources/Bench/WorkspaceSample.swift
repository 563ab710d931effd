import Values

/// Finds in somebody's workspace what the requests of the measurement can ask for.
struct WorkspaceSample {
    /// The answer to a request of that address.
    let ask: (String) throws -> JSONValue

    // As many customers as a data set of ours is asked for one by one.
    private static let customers = 500

    /// How many customers there are, and what to ask for; nil where there is none.
    func take() throws -> (customers: Int, targets: Targets)? {
        let objects = try ask("/api/v1/schema")["objects"]?.array ?? []
        func fields(_ plural: String) -> Set<String>? {
            objects.first { $0["plural"]?.string == plural }.map { object in
                Set((object["fields"]?.array ?? []).compactMap { $0["key"]?.string })
            }
        }
        guard let known = fields("customers") else { return nil }
        let wanted = ["name", "phone", "owner"].filter(known.contains).joined(separator: ",")
        var rows: [JSONValue] = []
        var (total, cursor): (Int, String?) = (0, nil)
        repeat {
            let more = cursor.map { "&cursor=" + encoded($0) } ?? "&total=true"
            let page = try ask("/api/v1/customers?fields=\(wanted)&limit=200" + more)
            rows += page["data"]?.array ?? []
            total = page["total"].flatMap(WorkspaceSample.count) ?? total
            cursor = page["next"]?.string
        } while cursor != nil && rows.count < WorkspaceSample.customers
        func count(_ plural: String) throws -> Int {
            guard fields(plural) != nil else { return 0 }
            return try ask("/api/v1/\(plural)?limit=1")["data"]?.array?.count ?? 0
        }
        let some = Array(rows.prefix(WorkspaceSample.customers))
        var targets = Targets(
            customers: some,
            opportunities: try count("opportunities"),
            activities: try count("activities")
        )
        targets?.fields = RequestMix.listFields.split(separator: ",").filter { known.contains(String($0)) }
            .joined(separator: ",")
        return targets.map { (total, $0) }
    }

    private static func count(_ value: JSONValue) -> Int? {
        if case .number(let text) = value { return Int(text) }
        return nil
    }
}
