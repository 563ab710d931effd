public import Values

/// A team: people who work together, with teams below it.
public struct Team: Sendable, Equatable {
    /// The team's id.
    public var id: RecordID
    /// The name for people.
    public var name: String
    /// The team above, if there is one.
    public var parent: RecordID?
    /// When the team was made.
    public var createdAt: Instant
}

/// All teams and how they hang together.
public struct TeamTree: Sendable {
    /// The teams by id.
    public let teams: [RecordID: Team]
    private let children: [RecordID: [RecordID]]

    /// The tree of these teams.
    public init(_ list: [Team]) {
        teams = Dictionary(list.map { ($0.id, $0) }) { first, _ in first }
        children = Dictionary(grouping: list.filter { $0.parent != nil }.map(\.id)) { [teams] id in
            teams[id]?.parent ?? id
        }
    }

    /// The team and all above it, from the nearest to the topmost.
    public func andAbove(_ team: RecordID?) -> [RecordID] {
        var result: [RecordID] = []
        var next = team
        while let id = next, let found = teams[id], !result.contains(id) {
            result.append(id)
            next = found.parent
        }
        return result
    }

    /// The team and all below it, each after the one above it.
    public func andBelow(_ team: RecordID?) -> [RecordID] {
        guard let team, teams[team] != nil else { return [] }
        var result: [RecordID] = [team]
        var seen: Set<RecordID> = [team]
        var index = 0
        while index < result.count {
            for child in children[result[index]] ?? [] where seen.insert(child).inserted { result.append(child) }
            index += 1
        }
        return result
    }
}
