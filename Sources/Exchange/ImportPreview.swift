import Database
import Foundation
public import Identity
import Records
import Schema
public import Values

/// What a file looks like before it is imported.
public struct ImportPreview: Sendable {
    /// The key of the object.
    public let object: String
    /// How the file is written.
    public let format: ImportFormat
    /// How a text table would be read if nobody had said anything about it; nil for what is none.
    public let detected: CSVFormat?
    /// Whether a person should look at how a text table is read: rows, signs or columns do not fit.
    public let isDoubtful: Bool
    /// The sheets to choose from; empty for what is no workbook.
    public let sheets: [String]
    /// The columns.
    public let headers: [String]
    /// The number of the row that names them; nil for what has none.
    public let heading: Int?
    /// The first rows, at most 100; cells of JSON Lines as text.
    public let rows: [[String]]
    /// Where each column would go.
    public let mapping: ImportMapping
    /// The fields by which records could be found: the id, else a unique field.
    public let match: [String]
    /// What is done with the rows: as the last time, nil when there was none.
    public let mode: ImportMode?
    /// What the columns hold.
    public let survey: ColumnSurvey
    /// Where the mapping comes from when it is not made anew: an earlier import, or the system that wrote the file.
    public let origin: MappingOrigin?
    /// What the file does not tell and a person has to say.
    public let questions: [ColumnQuestion]
    /// For columns that go into a choice or a person: their values and what these would become.
    public let values: [Int: ColumnValues]
    /// What is to be looked at, in words.
    public let problems: [Label]

    /// Whether files come with the rows: those that a table in an archive names, and the pictures of cards.
    public var bringsFiles: Bool {
        switch format {
        case .archive, .cards: true
        case .csv, .jsonLines, .workbook: false
        }
    }
}

/// Where a proposed mapping comes from.
public enum MappingOrigin: Sendable {
    /// A file with the same headings was imported before: by whom and when.
    case earlier(String, Instant)
    /// The headings are those of another system.
    case system(Label)
}

extension Imports {
    /// Reads a file and proposes a mapping. `sheet` chooses a sheet of a workbook, `heading` the row that names the
    /// columns, `reading` how a text table is written. `survey` is what the file holds where that is known already; else the whole file is read.
    public func preview(
        _ path: String,
        object: String,
        fileName: String? = nil,
        sheet: String? = nil,
        heading: Int? = nil,
        reading: CSVReading = CSVReading(),
        survey: ColumnSurvey? = nil,
        onlySure: Bool = false,
        as actor: Actor
    ) async throws -> ImportPreview {
        var request = ImportRequest(file: path, object: object)
        (request.sheet, request.heading, request.reading) = (sheet, heading, reading)
        let head = try await head(request, fileName, actor.language)
        let known: ColumnSurvey
        if let survey, survey.columns.count == head.headers.count {
            known = survey
        } else {
            known = try await self.survey(path, head.format)
        }
        let detected = await detected(request, head.format)
        return try await engine.read(as: actor) { session in
            try Imports.preview(head, detected, known, object, onlySure: onlySure, session)
        }
    }

    /// How a text table is written as far as the program can tell, to be shown beside what a person says.
    private func detected(_ request: ImportRequest, _ format: ImportFormat) async -> CSVFormat? {
        guard let csv = format.csv, request.reading != CSVReading() else { return format.csv }
        let path = request.file
        // What was said may be the only way in which the file can be read at all.
        return try? await apart { () throws -> CSVFormat in
            if case .archive = format { return try ArchiveTable.format(path, heading: csv.heading, as: CSVReading()) }
            return try CSVFormat.detect(path, heading: csv.heading)
        }
    }

    private static func preview(
        _ head: FileHead,
        _ detected: CSVFormat?,
        _ survey: ColumnSurvey,
        _ object: String,
        onlySure: Bool,
        _ session: ReadSession
    ) throws -> ImportPreview {
        let definition = try permitted(object, session)
        // An administrator may hide fields from a role: what cannot be written is not proposed.
        var visible = definition
        visible.setFields(definition.fields.filter { session.right(on: $0, of: definition) != .hidden })
        let saved = try SavedMappings.find(head.headers, visible, on: session.connection)
        let source = ImportSource.find(head.headers)
        var mapping: ImportMapping
        var hasForeignIDs = false
        if let saved {
            mapping = saved.mapping
            mapping.leavePast(visible, session)
        } else {
            mapping = ImportMapping.propose(
                headers: head.headers,
                sampleRows: head.rows,
                object: visible,
                schema: session.schema,
                source: source,
                past: PastColumns.keys(visible, session)
            )
            hasForeignIDs = mapping.columns.contains { $0.field == "id" }
            try mapping.leaveForeignIDs(head.headers, head.rows, visible, session)
            if case .cards = head.format {
                (mapping.keepsApostrophes, mapping.emptiesUnknown) = (true, true)
                mapping.takeCards(visible)
            }
            if case .archive = head.format { mapping.takeAttachments(visible) }
        }
        let persons = try session.importPersons()
        let questions = mapping.settleStyles(visible, survey)
        let found = mapping.columns.indices.map { ($0, mapping.values($0, visible, survey, persons)) }
        mapping.proposeValues(visible, survey, persons, onlySure: onlySure)
        return ImportPreview(
            object: definition.key,
            format: head.format,
            detected: detected,
            isDoubtful: head.isDoubtful,
            sheets: head.sheets,
            headers: head.headers,
            heading: head.heading,
            rows: head.rows,
            mapping: mapping,
            match: saved?.match ?? match(mapping, visible, hasForeignIDs: hasForeignIDs),
            mode: saved?.mode,
            survey: survey,
            origin: saved.map { .earlier($0.actorName, $0.usedAt) } ?? source.map { .system($0.label) },
            questions: questions,
            values: found.reduce(into: [:]) { $0[$1.0] = $1.1 },
            problems: head.problems + remarks(mapping, visible, head.rows)
        )
    }

    /// What a column would ask and hold if it went into another field than proposed.
    public func look(
        _ mapping: ImportMapping,
        _ survey: ColumnSurvey,
        object: String,
        as actor: Actor
    ) async throws -> (questions: [ColumnQuestion], values: [Int: ColumnValues]) {
        try await engine.read(as: actor) { session in
            let definition = try Imports.permitted(object, session)
            let persons = try session.importPersons()
            let questions = mapping.columns.indices.compactMap { mapping.question($0, definition, survey) }
            var values: [Int: ColumnValues] = [:]
            for index in mapping.columns.indices { values[index] = mapping.values(index, definition, survey, persons) }
            return (questions, values)
        }
    }

    func head(_ request: ImportRequest, _ name: String?, _ language: Language) async throws -> FileHead {
        let (folder, path, sheet, heading) = (directory, request.file, request.sheet, request.heading)
        let reading = request.reading
        return try await apart {
            let format = try ImportFormat.detect(
                path,
                name: name,
                sheet: sheet,
                heading: heading,
                reading: reading,
                language: language
            )
            return try FileHead(path, format, folder: folder)
        }
    }

    /// The mapping of a request with what the whole file decides. Throws what the file leaves open.
    func settled(
        _ request: ImportRequest,
        _ head: FileHead,
        _ object: ObjectDefinition,
        as actor: Actor
    ) async throws -> ImportMapping {
        if request.mapping == nil {
            let preview = try await preview(
                request.file,
                object: request.object,
                fileName: request.fileName,
                sheet: request.sheet,
                heading: request.heading,
                reading: request.reading,
                survey: request.survey,
                onlySure: true,
                as: actor
            )
            var mapping = preview.mapping
            let questions = mapping.leaveUnclearPast(preview.questions, object)
            guard questions.isEmpty else { throw Problem.invalid(questions.map(\.problem)) }
            return mapping
        }
        guard var mapping = request.mapping else { throw Problem.notFound }
        guard mapping.needsSurvey(object), mapping.columns.count <= head.headers.count else { return mapping }
        let survey: ColumnSurvey
        if let known = request.survey, known.columns.count == head.headers.count {
            survey = known
        } else {
            survey = try await self.survey(request.file, head.format)
        }
        var ordered = mapping.ordered(by: head.headers)
        // Records that are here keep their past, so that nothing needs to be known of its dates.
        let keepsPast = request.mode == .update || request.mode == .fill
        let questions = ordered.settleStyles(object, survey).filter { question in
            guard keepsPast, ordered.asksOfPast(question, object) else { return true }
            return request.match.contains { $0 == ordered.columns[question.index].field }
        }
        guard questions.isEmpty else { throw Problem.invalid(questions.map(\.problem)) }
        mapping.columns = ordered.columns
        return mapping
    }

    static func permitted(_ object: String, _ session: ReadSession) throws -> ObjectDefinition {
        let definition = try session.object(object)
        guard session.actor.rights.on(definition.key).importing else {
            throw Problem.forbidden(
                Label("You may not import \(definition.pluralLabel.en).", zh: "您没有导入\(definition.label.zh)的权限。")
            )
        }
        return definition
    }

    private static func match(
        _ mapping: ImportMapping,
        _ object: ObjectDefinition,
        hasForeignIDs: Bool
    ) -> [String] {
        let mapped = mapping.columns.compactMap(\.field)
        if mapped.contains("id") { return ["id"] }
        // Numbers of another workspace count other records there than here.
        let keys = object.visibleFields.filter { $0.isKey && !(hasForeignIDs && $0.isNumbered) }
        return keys.first { mapped.contains($0.key) }.map { [$0.key] } ?? []
    }

    private static func remarks(_ mapping: ImportMapping, _ object: ObjectDefinition, _ rows: [[String]]) -> [Label] {
        var remarks: [Label] = []
        if rows.isEmpty { remarks.append(Label("The file has no rows.", zh: "文件中没有数据行。")) }
        for field in object.visibleFields where field.required && field.isWritable && field.defaultJSON == nil {
            if mapping.columns.contains(where: { $0.field?.split(separator: ".").first ?? "" == field.key }) {
                continue
            }
            remarks.append(
                Label(
                    "No column goes into «\(field.label.en)», which must have a value.",
                    zh: "没有任何一列对应到必填字段“\(field.label.zh)”。"
                )
            )
        }
        return remarks
    }
}
