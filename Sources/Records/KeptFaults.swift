public import Database
import SQLText
import Schema
public import Values

extension RecordEngine {
    /// What of the kept counts and sums differs from the records, in words that say what to do; empty when all is well.
    /// Reads every record once. `repair` counts what differs anew.
    public func verifyKept(repair: Bool = false) async throws -> [Label] {
        try await RecordEngine.verifyKept(of: modules, in: database, repair: repair)
    }

    /// The same for a workspace that nobody has opened; what an older program never kept is passed over.
    public static func verifyKept(
        of modules: [Module],
        in database: Database,
        repair: Bool = false
    ) async throws -> [Label] {
        let declared = modules.flatMap(\.objects)
        let faults = try await database.read { try KeptFault.find(declared, on: $0) }
        guard repair, !faults.isEmpty else { return faults.map(\.label) }
        return try await database.write { connection in
            // Somebody may have written since: what is repaired is what differs now.
            let faults = try KeptFault.find(declared, on: connection)
            for fault in faults { try KeptSums.rebuild(fault.object, on: connection) }
            return faults.map(\.repaired)
        }
    }
}

/// An object whose kept counts or sums differ from its records.
private struct KeptFault {
    let object: ObjectDefinition
    /// The names of the kept sums; empty for the count that every object has.
    let names: [String]

    static func find(_ declared: [ObjectDefinition], on connection: Connection) throws -> [KeptFault] {
        guard try has("sys_kept", on: connection) else { return [] }
        return try SchemaStore.load(declared: declared, on: connection).objects.compactMap { object in
            guard try has(object.key, on: connection) else { return nil }
            let names = try KeptSums.faults(of: object, on: connection)
            return names.isEmpty ? nil : KeptFault(object: object, names: names)
        }
    }

    private static func has(_ table: String, on connection: Connection) throws -> Bool {
        try connection.hasTable(table)
    }

    private func list(_ all: String, _ separator: String) -> String {
        names.map { $0.isEmpty ? all : $0 }.joined(separator: separator)
    }

    var label: Label {
        Label(
            "The kept figures of «\(object.pluralLabel.en)» (\(list("count", "; "))) differ from the records: kehu verify --repair",
            zh: "“\(object.pluralLabel.zh)”的汇总数字（\(list("总数", "；"))）与记录不符，请执行 kehu verify --repair。"
        )
    }

    var repaired: Label {
        Label(
            "The kept figures of «\(object.pluralLabel.en)» (\(list("count", "; "))) were counted anew.",
            zh: "已重新统计“\(object.pluralLabel.zh)”的汇总数字（\(list("总数", "；"))）。"
        )
    }
}
