import Values

/// What the requests ask for: of a data set of ours, or of what a workspace happens to hold.
struct Targets: Sendable {
    /// Customers that are read one by one; never empty.
    var customers: [String]
    /// People whose lists are read.
    var owners: [String]
    /// Telephone numbers of customers.
    var phones: [String]
    /// Pieces of names.
    var parts: [String]
    /// Opportunities that are moved from stage to stage.
    var opportunities: [String]
    /// Whether there are opportunities to report on.
    var hasPipeline: Bool
    /// Whether there are activities.
    var hasActivities: Bool
    /// Whether every page is full: otherwise an answer is right with fewer rows, too.
    var areFull: Bool
    /// The fields of a list.
    var fields = RequestMix.listFields
    /// Whether records may be made and changed.
    var writes = true

    /// Those of a data set.
    init(_ set: DataSet) {
        customers = (0..<500).map { DataSet.customerID($0 * (set.customers / 500)).description }
        owners = set.owners.map(\.description)
        phones = (0..<30).map { DataSet.phone($0 * (set.customers / 30)) }
        parts = RequestMix.parts
        hasPipeline = set.each.opportunities > 0
        opportunities =
            hasPipeline ? (0..<200).map { DataSet.opportunityID($0 * (set.customers / 200), 0).description } : []
        hasActivities = set.each.activities > 0
        // Small sets, for trying things out, do not fill the second page of an owner nor hold every piece of a name.
        areFull = set.customers >= 10_000
    }

    /// Those of some customers of a workspace, as its API gives them; nil where there is none.
    init?(customers rows: [JSONValue], opportunities: Int, activities: Int) {
        func all(_ key: String) -> [String] { rows.compactMap { $0[key]?.string }.filter { !$0.isEmpty } }
        customers = all("id")
        owners = Targets.different(rows.compactMap { $0["owner"]?["id"]?.string }, atMost: DataSet.ownerCount)
        phones = Targets.different(all("phone"), atMost: 30)
        parts = Targets.different(all("name").compactMap(Targets.part), atMost: RequestMix.parts.count)
        self.opportunities = []
        hasPipeline = opportunities > 0
        hasActivities = activities > 0
        areFull = false
        if customers.isEmpty { return nil }
    }

    /// Two Chinese characters of a name behind its first two, which are often a town; or its first word of three letters.
    static func part(of name: String) -> String? {
        let characters = Array(name)
        let isChinese = { (character: Character) in
            character.unicodeScalars.allSatisfy { (0x4E00...0x9FFF).contains($0.value) }
        }
        if characters.count >= 4, characters[2...3].allSatisfy(isChinese) { return String(characters[2...3]) }
        if characters.count >= 2, characters[0...1].allSatisfy(isChinese) { return String(characters[0...1]) }
        return name.split(whereSeparator: { !$0.isLetter && !$0.isNumber }).first { $0.count >= 3 }.map(String.init)
    }

    private static func different(_ all: [String], atMost count: Int) -> [String] {
        var seen = Set<String>()
        return Array(all.filter { seen.insert($0).inserted }.prefix(count))
    }
}
