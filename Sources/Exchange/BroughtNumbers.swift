import Identity
import Records
import Schema
import Values

extension Imports {
    /// The highest running numbers that the rows of an import bring along: those that are given to rows without one go
    /// on behind them, wherever in the file they stand.
    func highestNumbers(_ status: ImportStatus, _ headers: [String], _ actor: Actor) async throws -> HighestNumbers {
        guard status.mapping.keepsNumbers, status.mode == .create || status.mode == .upsert else {
            return HighestNumbers()
        }
        let plan = try await engine.read(as: actor) { try ImportPlan(status, headers: headers, in: $0) }
        let fields = plan.groups.map(\.field).filter { plan.numbered.contains($0.key) }
        if fields.isEmpty { return HighestNumbers() }
        let (path, format) = (table(status), status.format)
        return try await apart {
            let file = try ImportFile(path, format)
            var highest = HighestNumbers()
            while let row = try file.next() {
                let numbers = RowInput(numbersOf: row, plan).numbers
                for field in fields {
                    if let number = numbers[field.key] { highest.add(number.trimmed, of: field) }
                }
            }
            return highest
        }
    }
}

extension ImportMapping {
    /// Says that new records keep their running numbers where a column has some. An import that was begun before there
    /// was this sign goes on as it began, with numbers of its own.
    mutating func keepNumbers(_ object: ObjectDefinition) {
        keepsNumbers = columns.contains { column in
            column.field.flatMap { object.field($0.leading) }?.isNumbered == true
        }
    }
}
