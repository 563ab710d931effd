import SQLText

/// An index that a definition demands.
public struct DemandedIndex: Sendable, Hashable {
    /// Its name in the database.
    public let name: String
    /// The table that it lies over.
    public let table: String
}

extension Connection {
    /// Which indexes of these definitions are missing over tables that are there: what `create` would make. Nothing is
    /// made here. Indexes are told apart by their names, as `IF NOT EXISTS` does.
    public func missingIndexes(_ statements: [String]) throws -> [DemandedIndex] {
        let definitions = statements.flatMap { Definition.all(dialect.definition($0)) }
        let demanded = definitions.compactMap { definition -> DemandedIndex? in
            guard let name = definition.name, let table = definition.table else { return nil }
            return DemandedIndex(name: name, table: table)
        }
        let present: Set<String>
        switch dialect {
        case .sqlite:
            let rows = try rows("SELECT name FROM sqlite_master WHERE type IN ('table', 'index')")
            present = Set(rows.map { $0.text(0) })
        case .postgres: present = try relations(demanded.map(\.name) + demanded.map(\.table))
        }
        return demanded.filter { present.contains($0.table) && !present.contains($0.name) }
    }
}
