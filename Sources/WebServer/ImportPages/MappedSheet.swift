import Exchange
import HTTPTypes
import Identity
import Pages
import Records
import Schema
import Values

/// A file while its columns are matched: what it holds, and the mapping as the form has it now.
struct MappedSheet: Sendable {
    let sheet: String?
    let heading: Int?
    /// How a text table is written, as far as somebody has said it.
    let reading: CSVReading
    let preview: ImportPreview
    /// The proposal, or that of an earlier import, with what the form says.
    var mapping: Exchange.ImportMapping
    /// What the file does not tell about the columns as they are matched now.
    var questions: [ColumnQuestion] = []
    /// The values of columns that become choices or persons.
    var values: [Int: ColumnValues] = [:]

    /// Reads the file, or what is known of it already, and the form.
    static func read(_ page: PageCall, _ draft: ImportDraft, _ earlier: ImportStatus?) async throws -> MappedSheet {
        let (actor, call) = (try page.actor, page.call)
        func asked(_ name: String) -> String? {
            let text = page.form[name] ?? call.query[name] ?? ""
            return text.isEmpty ? nil : text
        }
        var (sheet, heading) = (asked("sheet"), asked("heading").flatMap(Int.init).map { max(1, $0) })
        var reading = try CSVReading(words: asked("encoding"), asked("separator"), asked("quote"))
        if let format = earlier?.format {
            if case .workbook(let name, _) = format { sheet = sheet ?? name }
            heading = heading ?? format.heading
            if let csv = format.csv, reading == CSVReading() { reading = csv.reading }
        }
        let imports = call.workspace.imports
        let place = place(heading, sheet, reading)
        let known = draft.survey(place)
        let preview = try await imports.preview(
            draft.path,
            object: draft.object,
            fileName: draft.name,
            sheet: sheet,
            heading: heading,
            reading: reading,
            survey: known,
            as: actor
        )
        if known == nil { draft.keep(preview.survey, place) }
        // An import knows how its file was read, not whether somebody had to say so.
        if earlier != nil, let found = preview.detected, found.reading == reading { reading = CSVReading() }
        let base = earlier.map { $0.mapping.ordered(by: preview.headers) } ?? preview.mapping
        var read = MappedSheet(sheet: sheet, heading: heading, reading: reading, preview: preview, mapping: base)
        read.takeFields(page.form)
        (read.questions, read.values) = try await imports.look(
            read.mapping,
            preview.survey,
            object: draft.object,
            as: actor
        )
        read.takeAnswers(page.form)
        return read
    }

    /// Names what was read of a file, for what is known of it.
    static func place(_ heading: Int?, _ sheet: String?, _ reading: CSVReading) -> String {
        "\(heading ?? 0)\(reading.text)/\(sheet ?? "")"
    }

    /// Whether the address says how the file is to be read.
    static func isChosen(_ call: Call) -> Bool {
        ["sheet", "heading", "encoding", "separator", "quote"].contains { !(call.query[$0] ?? "").isEmpty }
    }

    /// Another field than before knows nothing of the old one's words.
    private mutating func takeFields(_ form: FormFields) {
        for index in mapping.columns.indices {
            guard let chosen = form["map.\(index)"] else { continue }
            let field = chosen.isEmpty ? nil : chosen
            guard mapping.columns[index].field != field else { continue }
            mapping.columns[index] = Exchange.ImportMapping.Column(mapping.columns[index].header, field)
        }
    }

    private mutating func takeAnswers(_ form: FormFields) {
        for index in mapping.columns.indices {
            if let order = form["dates.\(index)"] { mapping.columns[index].dates = DateOrder(rawValue: order) }
            if let mark = form["decimals.\(index)"] { mapping.columns[index].decimals = DecimalMark(rawValue: mark) }
            for (position, value) in (values[index]?.values ?? []).enumerated() {
                guard let chosen = form["val.\(index).\(position)"] else { continue }
                mapping.columns[index].values[value.text] = nil
                mapping.columns[index].additions.removeAll { $0 == value.text }
                switch chosen {
                case "": break
                case ValueOptions.empty: mapping.columns[index].values[value.text] = ""
                case ValueOptions.new: mapping.columns[index].additions.append(value.text)
                default: mapping.columns[index].values[value.text] = chosen
                }
            }
        }
    }

    /// Columns with values that fit nothing and that nobody has been shown yet.
    func unseen(_ form: FormFields) -> [FieldProblem]? {
        let problems = values.sorted { $0.key < $1.key }.compactMap { index, values -> FieldProblem? in
            guard form["val.\(index).0"] == nil, !values.open.isEmpty else { return nil }
            let shown = values.open.prefix(5).map(\.text)
            return FieldProblem(
                preview.headers[index],
                "unknown_values",
                Label(
                    "Say what these values mean: \(shown.joined(separator: ", ")).",
                    zh: "请指定这些取值对应的选项：\(shown.joined(separator: "、"))。"
                )
            )
        }
        return problems.isEmpty ? nil : problems
    }
}

/// The answers that the page offers for values, dates and numbers.
enum ValueOptions {
    /// Stands for «leave empty»; no key looks like it.
    static let empty = "=empty"
    /// Stands for «add as a new choice».
    static let new = "=new"

    static func of(_ field: FieldDefinition, _ people: [Option], _ actor: Actor, _ context: PageContext) -> [Option] {
        let first = [Option("", context(ImportTexts.asItIs)), Option(empty, context(ImportTexts.leaveEmpty))]
        if case .person = field.kind {
            return (field.historic ? [Option("", context(ImportTexts.emptyWhereNone))] : first) + people
        }
        let choices = field.kind.choices.filter { !$0.hidden }.map { Option($0.key, context($0.label)) }
        let add = actor.rights.allows(.schema) ? [Option(new, context(ImportTexts.addAsChoice))] : []
        return first + choices + add
    }

    /// The people to choose from, where a column goes into a person: at most 200.
    static func people(
        _ values: [Int: ColumnValues],
        _ mapping: Exchange.ImportMapping,
        _ object: ObjectDefinition,
        _ session: ReadSession
    ) throws -> [Option] {
        let isAsked = values.keys.contains { index in
            let target = mapping.columns[index].field ?? ""
            return object.field(String(target.prefix { $0 != "." }))?.kind == .person
        }
        guard isAsked else { return [] }
        let chosen = Set(
            values.keys.flatMap { mapping.columns[$0].values.values }
                + values.values.flatMap { $0.values.compactMap(\.target) }
        )
        return try session.importPeople(including: chosen).map { Option($0.id, "\($0.name) · \($0.email)") }
    }

    static func value(_ value: ColumnValues.Value, _ column: Exchange.ImportMapping.Column) -> ImportValue {
        if column.additions.contains(value.text) {
            return ImportValue(value.text, count: value.count, chosen: new, isOpen: false)
        }
        if let chosen = column.values[value.text] {
            let shown = chosen.isEmpty ? empty : chosen
            return ImportValue(
                value.text,
                count: value.count,
                chosen: shown,
                isOpen: !value.isSure && chosen == value.target
            )
        }
        return ImportValue(
            value.text,
            count: value.count,
            chosen: value.target ?? "",
            isOpen: value.target == nil || !value.isSure
        )
    }

    static func style(
        _ question: ColumnQuestion,
        _ column: Exchange.ImportMapping.Column,
        _ context: PageContext
    ) -> ImportStyle {
        let none = Option("", context(ImportTexts.choose))
        switch question.kind {
        case .dates(let orders):
            let names: [DateOrder: Label] = [
                .yearFirst: Label("year/month/day", zh: "年/月/日"),
                .dayFirst: Label("day/month/year: 5/9 is 5 September", zh: "日/月/年（5/9 为 9 月 5 日）"),
                .monthFirst: Label("month/day/year: 5/9 is 9 May", zh: "月/日/年（5/9 为 5 月 9 日）"),
            ]
            let options = orders.map { Option($0.rawValue, names[$0].map { context($0) } ?? $0.rawValue) }
            return ImportStyle(
                "dates",
                context(ImportTexts.dates),
                [none] + options,
                chosen: column.dates?.rawValue ?? ""
            )
        case .decimals:
            return ImportStyle(
                "decimals",
                context(ImportTexts.decimals),
                [none, Option(".", "1,234.56"), Option(",", "1.234,56")],
                chosen: column.decimals?.rawValue ?? ""
            )
        }
    }
}
