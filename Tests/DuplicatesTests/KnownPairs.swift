import Database
import Duplicates
import Foundation
import Identity
import Records
import SQLText
import Schema
import TestSupport
import Values

/// A workspace with records of which the true pairs are known, as in data/dedup.
struct KnownPairs {
    let engine: RecordEngine
    let object: ObjectDefinition

    static let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().deletingLastPathComponent().appendingPathComponent("shared/data/dedup")

    /// An object of text fields with these rules.
    static func open(_ fields: [(String, FieldKind)], rules: String) async throws -> KnownPairs {
        let object = ObjectDefinition.declared(
            "person",
            plural: "people",
            Label("Person", zh: "人员"),
            many: Label("People", zh: "人员"),
            icon: "contact",
            fields: fields.map { FieldDefinition(id: $0.0, key: $0.0, label: Label($0.0, zh: $0.0), kind: $0.1) }
        )
        let engine = try await RecordEngine(
            database: try await TestDatabase.make(),
            modules: [Module(name: "test", objects: [object]), DuplicatesModule.module]
        )
        let json = try JSONReader.parse(rules)
        try await engine.write(as: .system("test")) { session in
            try session.setDuplicateRules(json, of: try session.object("people"))
        }
        return KnownPairs(engine: engine, object: object)
    }

    /// Makes a record of each row; the answer is their ids.
    static func fill(_ engine: RecordEngine, _ plural: String, _ rows: [[String: String]]) async throws -> [RecordID] {
        var ids: [RecordID] = []
        for start in stride(from: 0, to: rows.count, by: 500) {
            let part = Array(rows[start..<min(start + 500, rows.count)])
            ids += try await engine.write(as: .system("test")) { session in
                let object = try session.object(plural)
                return try part.map { row in
                    let members = row.filter { !$0.value.isEmpty }.map {
                        JSONValue.Member(key: $0.key, value: .string($0.value))
                    }
                    return try session.create(object, .object(members)).id
                }
            }
        }
        return ids
    }

    /// The pairs that a run over everything lists.
    static func run(_ engine: RecordEngine, _ plural: String) async throws -> Set<[RecordID]> {
        let run = try await engine.startDuplicateRun(of: plural, as: .system("test"))
        try await engine.continueDuplicateRun(of: run.object)
        return try await engine.database.read { connection in
            Set(
                try connection.rows("SELECT a, b FROM sys_duplicate_pair WHERE object = \(run.object)").compactMap {
                    row in row.id(0).flatMap { a in row.id(1).map { [a, $0] } }
                }
            )
        }
    }

    /// Precision, recall and their harmonic mean.
    static func figures(_ found: Set<[RecordID]>, _ truth: Set<[RecordID]>) -> (p: Double, r: Double, f1: Double) {
        let hits = Double(found.intersection(truth).count)
        let (p, r) = (hits / Double(max(1, found.count)), hits / Double(max(1, truth.count)))
        return (p, r, 2 * p * r / max(0.000_1, p + r))
    }

    /// The rows of a CSV file by heading, unpacked where it is packed.
    static func rows(_ name: String) throws -> [[String: String]] {
        let url = folder.appendingPathComponent(name)
        let bytes = name.hasSuffix(".gz") ? try PackedFile.bytes(url.path) : [UInt8](try Data(contentsOf: url))
        let lines = String(decoding: bytes, as: UTF8.self).split(whereSeparator: \.isNewline).map { line in
            cells(String(line))
        }
        guard let heading = lines.first else { return [] }
        return lines.dropFirst().map { Dictionary(zip(heading, $0), uniquingKeysWith: { first, _ in first }) }
    }

    private static func cells(_ line: String) -> [String] {
        var cells = [""]
        var isQuoted = false
        for character in line {
            if character == "\"" {
                isQuoted.toggle()
            } else if character == ",", !isQuoted {
                cells.append("")
            } else {
                cells[cells.count - 1].append(character)
            }
        }
        return cells.map { $0.trimmingCharacters(in: .whitespaces) }
    }
}
