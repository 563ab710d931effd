import FieldKinds
public import Schema
import Values

extension ImportMapping {
    /// Proposes where each column goes, from its header and the first rows.
    ///
    /// Headers are compared with keys and labels in both languages, then with what other programs call such columns.
    /// A column whose values cannot be read by its field is left out, and its note says so. `past` names the fields
    /// that tell of the past of records and may be brought along.
    public static func propose(
        headers: [String],
        sampleRows: [[String]],
        object: ObjectDefinition,
        schema: SchemaSnapshot,
        source: ImportSource? = nil,
        past: Set<String> = []
    ) -> ImportMapping {
        var proposal = MappingProposal(headers: headers, rows: sampleRows, object: object, schema: schema, past: past)
        proposal.source = source
        return proposal.made()
    }
}

extension ImportMapping {
    /// What cards have beyond the fields of records is not lost.
    mutating func takeCards(_ object: ObjectDefinition) {
        takePictures(object)
        takeMorePhones(object)
    }

    /// The pictures of cards go into a field for files of that name, else they are attached to the record.
    private mutating func takePictures(_ object: ObjectDefinition) {
        let names = [CardFile.picture.en, CardFile.picture.zh]
        guard let index = columns.firstIndex(where: { names.contains($0.header) }) else { return }
        if let field = columns[index].field, object.field(field)?.kind == .file { return }
        columns[index].field = object.field(ArchiveWriter.attachments) == nil ? ArchiveWriter.attachments : nil
        columns[index].note = nil
    }

    /// Numbers of cards behind the first ones go to the notes, where there is no field of their own.
    private mutating func takeMorePhones(_ object: ObjectDefinition) {
        let (notes, more) = (CardFile.notes, CardFile.morePhones)
        guard let target = columns.first(where: { $0.header == notes.en || $0.header == notes.zh })?.field,
            case .longText? = object.field(target)?.kind,
            let index = columns.firstIndex(where: { $0.header == more.en || $0.header == more.zh }),
            columns[index].field == nil
        else { return }
        columns[index].field = target
        columns[index].note = nil
    }

    /// The column of attachments goes to the record itself, where files come with the table.
    mutating func takeAttachments(_ object: ObjectDefinition) {
        guard object.field(ArchiveWriter.attachments) == nil else { return }
        let known: Set = ["attachments", "attachment", "files", "附件", "文件"]
        let index = columns.firstIndex { $0.field == nil && known.contains(ReducedHeader($0.header).text) }
        guard let index else { return }
        columns[index].field = ArchiveWriter.attachments
        columns[index].note = nil
    }
}

/// The making of a proposal.
private struct MappingProposal {
    let headers: [String]
    let reduced: [ReducedHeader]
    let rows: [[String]]
    let object: ObjectDefinition
    let schema: SchemaSnapshot
    /// The system that wrote the file, where its headings tell.
    var source: ImportSource?
    var columns: [ImportMapping.Column]
    var taken: Set<String> = []
    /// The fields, with the parts of links, persons, amounts and addresses, by reduced key and label.
    var known: [String: String] = [:]
    /// Keys and labels of fields that the system keeps.
    var kept: Set<String> = []
    /// The keys of fields that are kept, too, but that new records may bring along.
    let past: Set<String>
    /// Keys and labels of fields that new records could bring along, if the person had the right to.
    var leftPast: Set<String> = []

    init(headers: [String], rows: [[String]], object: ObjectDefinition, schema: SchemaSnapshot, past: Set<String>) {
        self.headers = headers
        self.rows = rows
        self.object = object
        self.schema = schema
        self.past = past
        reduced = headers.map(ReducedHeader.init)
        columns = headers.map { ImportMapping.Column($0, nil) }
        let own = object.visibleFields.filter { $0.isWritable || $0.key == "id" || $0.isNumbered }
        // A field that somebody has added for it goes before what the system keeps.
        let fields = own + object.visibleFields.filter { past.contains($0.key) }
        for field in object.visibleFields where !fields.contains(field) {
            let parts = ["", "id"] + FieldPart.parts(of: field).flatMap(\.aliases).map { ReducedHeader($0).text }
            let names = names(field).flatMap { name in parts.map { name + $0 } }
            if field.historic { leftPast.formUnion(names) } else { kept.formUnion(names) }
        }
        // What a field is called itself goes before what a part of another field would be called.
        for field in fields { for name in names(field) { remember(name, field.key) } }
        for field in fields { knowParts(field) }
    }

    private func names(_ field: FieldDefinition) -> [String] {
        [field.key, field.label.en, field.label.zh, String(field.key.trimmingPrefix("x_"))]
            .map { ReducedHeader($0).text }
    }

    private mutating func knowParts(_ field: FieldDefinition) {
        let own = names(field)
        for part in FieldPart.parts(of: field) {
            for name in own {
                for alias in part.aliases { remember(name + ReducedHeader(alias).text, "\(field.key).\(part.key)") }
            }
        }
        if field.key == object.nameField { knowName(field) }
        if case .link(let target) = field.kind, let linked = schema.object(target) { knowLink(field, linked) }
    }

    /// «客户名称» on a customer is its name.
    private mutating func knowName(_ field: FieldDefinition) {
        for alias in ["名称", "名", "姓名", "全称"] { remember(ReducedHeader(object.label.zh + alias).text, field.key) }
        remember(ReducedHeader(object.label.en + "name").text, field.key)
        remember(ReducedHeader(object.label.zh).text, field.key)
        remember(ReducedHeader(object.label.en).text, field.key)
    }

    /// «客户名称» on a contact is the name of the customer that it links to.
    private mutating func knowLink(_ field: FieldDefinition, _ linked: ObjectDefinition) {
        for name in [linked.label.zh, linked.label.en, linked.key] {
            let name = ReducedHeader(name).text
            remember(name, field.key)
            for alias in ["名称", "名", "姓名", "name"] { remember(name + alias, "\(field.key).\(linked.nameField)") }
            remember(name + "id", "\(field.key).id")
            for key in linked.fields where key.unique {
                for alias in [key.key, key.label.en, key.label.zh] {
                    let alias = ReducedHeader(alias).text
                    remember(alias.hasPrefix(name) ? alias : name + alias, "\(field.key).\(key.key)")
                }
            }
        }
    }

    private mutating func remember(_ name: String, _ target: String) {
        if !name.isEmpty, known[name] == nil { known[name] = target }
    }

    mutating func made() -> ImportMapping {
        joinNames()
        for index in headers.indices where columns[index].field == nil {
            for target in (source?.fields[reduced[index].text] ?? []).compactMap(existing)
            where columns[index].field == nil {
                take(target, index)
            }
        }
        for index in headers.indices where columns[index].field == nil {
            if let target = known[reduced[index].text] { take(target, index) }
        }
        // First what each header means best, so that a second telephone does not take the place of the mobile.
        for isBest in [true, false] {
            for index in headers.indices where columns[index].field == nil {
                let targets = HeaderSynonyms.fields(reduced[index].text).compactMap(existing)
                for target in isBest ? targets.prefix(1) : targets.dropFirst() where columns[index].field == nil {
                    take(target, index)
                }
            }
        }
        for index in headers.indices where columns[index].field == nil {
            if let part = HeaderSynonyms.addressPart(reduced[index].text), let field = addressField() {
                take("\(field.key).\(part)", index)
            }
        }
        preferIDs()
        leaveLonePast()
        for index in headers.indices where columns[index].field == nil && columns[index].note == nil {
            columns[index].note = reason(index)
        }
        var mapping = ImportMapping(columns: columns)
        mapping.keepsApostrophes = isRawExport
        if isRawExport {
            for index in mapping.columns.indices {
                let field = mapping.columns[index].field.flatMap { object.field($0.leading) }
                if field?.decimals(mapping.columns[index].field ?? "") != nil {
                    mapping.columns[index].decimals = .point
                }
            }
        }
        return mapping
    }

    /// Raw exports head their columns with keys alone: their cells are exactly the texts.
    private var isRawExport: Bool {
        let keys = Set(
            object.fields.flatMap { field -> [String] in
                [field.key] + (["id"] + FieldPart.parts(of: field).map(\.key)).map { "\(field.key)_\($0)" }
            }
        )
        let others = [ErrorsFile.label.en, ErrorsFile.label.zh, ArchiveWriter.attachments]
        let own = headers.filter { !others.contains($0) }
        return own.contains("id") && own.count > 1 && own.allSatisfy(keys.contains)
    }

    /// Family name and given name make the name where there are no fields for them.
    private mutating func joinNames() {
        let family = reduced.firstIndex { HeaderSynonyms.familyNames.contains($0.text) }
        let given = reduced.firstIndex { HeaderSynonyms.givenNames.contains($0.text) }
        // Outlook heads the salutation «Title» and the position «Job Title».
        if let title = reduced.firstIndex(where: { $0.text == "title" }),
            reduced.contains(where: { $0.text == "jobtitle" }),
            let field = existing("salutation"), !taken.contains(field)
        {
            columns[title].field = field
            taken.insert(field)
        }
        guard let family, !reduced.contains(where: { known[$0.text] == object.nameField }),
            known[reduced[family].text] == nil, given.map({ known[reduced[$0].text] == nil }) != false,
            given != nil
                || !reduced.contains(where: {
                    HeaderSynonyms.fields($0.text).compactMap(existing).first == object.nameField
                })
        else { return }
        for index in [family, given].compactMap({ $0 }) { columns[index].field = object.nameField }
        taken.insert(object.nameField)
    }

    private func existing(_ key: String) -> String? {
        let parts = key.split(separator: ".").map(String.init)
        let known = [parts[0], "x_" + parts[0]].compactMap { object.field($0) }
        guard let field = known.first(where: { $0.isWritable || $0.isNumbered || past.contains($0.key) }) else {
            return nil
        }
        return ([field.key] + parts.dropFirst()).joined(separator: ".")
    }

    private func addressField() -> FieldDefinition? {
        object.visibleFields.first { $0.kind == .address && $0.isWritable }
    }

    private mutating func take(_ target: String, _ index: Int) {
        let key = String(target.prefix { $0 != "." })
        guard let field = object.field(key) else { return }
        let whole = field.kind == .address && target == key ? "\(key).street" : target
        guard !taken.contains(whole) else { return }
        if whole == "id", !reads(field, index), values(index).allSatisfy(ForeignRecords.isUnmistakable) {
            // Of another system, as its form tells: kept as where the record comes from.
            columns[index].field = ForeignRecords.target
            taken.insert(key)
            return
        }
        if whole == key, !reads(field, index) {
            columns[index].note = Label(
                "The values do not fit «\(field.label.en)».",
                zh: "这一列的内容不符合“\(field.label.zh)”的格式。"
            )
            return
        }
        if key == "reference", field.unique, repeats(index) {
            columns[index].note = Label(
                "A voucher has several lines here, so its number cannot tell them apart.",
                zh: "一张凭证对应多行分录，凭证号不能用来区分各行。"
            )
            return
        }
        columns[index].field = whole
        taken.insert(whole)
        switch field.kind {
        case .money, .integer, .decimal: columns[index].scale = reduced[index].scale
        default: break
        }
    }

    /// Whether a value comes more than once among the first rows.
    private func repeats(_ index: Int) -> Bool {
        let values = rows.compactMap {
            $0.indices.contains(index) && !$0[index].trimmed.isEmpty ? $0[index].trimmed : nil
        }
        return Set(values).count < values.count
    }

    /// The first values of a column.
    private func values(_ index: Int) -> [String] {
        // A plain loop: the optimiser of Swift 6.3 aborts on the lazy chain that says the same.
        var values: [String] = []
        for row in rows where values.count < 20 && row.indices.contains(index) {
            let value = row[index].trimmed
            if !value.isEmpty { values.append(value) }
        }
        return values
    }

    /// Whether any of the sample values can be read; true when there are none.
    private func reads(_ field: FieldDefinition, _ index: Int) -> Bool {
        let values = values(index)
        switch field.kind {
        case .link, .person, .file, .anyLink, .autoNumber: return true
        // Words of other systems are matched value by value.
        case .choice, .multiChoice: return true
        case .day: return values.isEmpty || values.contains { DateText(zone: "UTC").day($0) != .none }
        case .instant: return values.isEmpty || values.contains { DateText(zone: "UTC").moment($0) != .none }
        case .integer, .decimal, .money:
            let base = schema.baseCurrency
            if values.contains(where: { text in
                DecimalMark.allCases.contains { NumberText.read(text, $0, base: base) != nil }
            }) {
                return true
            }
        // Several numbers in a cell find their fields row by row.
        case .phone where values.contains(where: { PhoneNumber.several(in: $0, country: schema.country) != nil }):
            return true
        case .text where field.key == "id": return values.allSatisfy { RecordID($0) != nil }
        default: break
        }
        let style = InputStyle(baseCurrency: schema.baseCurrency, country: schema.country, lenient: true)
        return values.isEmpty
            || values.contains { text in
                if (try? field.read(.string(CSVWriter.withoutGuard(text)), style: style)) != nil { return true }
                // Cells of JSON Lines are shown as JSON.
                guard text.hasPrefix("{") || text.hasPrefix("["), let json = try? JSONReader.parse(text) else {
                    return false
                }
                return (try? field.read(json, style: style)) != nil
            }
    }

    /// Where a column holds the id of a link and another its name, the id decides.
    private mutating func preferIDs() {
        for target in taken where target.hasSuffix(".id") {
            let key = String(target.dropLast(3))
            for index in columns.indices {
                guard let field = columns[index].field, field != target else { continue }
                guard field == key || field.hasPrefix(key + ".") else { continue }
                if case .anyLink = object.field(key)?.kind { continue }
                columns[index].field = nil
                columns[index].note = Label("The column with the id is used.", zh: "已使用编号列。")
            }
        }
    }

    /// Since when a record is in its stage says nothing beside a time of creation that is that of the import.
    private mutating func leaveLonePast() {
        guard !taken.contains("created_at") else { return }
        for index in columns.indices {
            let field = columns[index].field.flatMap { object.field($0) }
            if field.map(PastColumns.tellsSince) != true { continue }
            columns[index].field = nil
            columns[index].note = PastColumns.alone
        }
    }

    private func reason(_ index: Int) -> Label {
        let text = reduced[index].text
        let meant = HeaderSynonyms.fields(text).first.flatMap { object.field($0.leading) }
        let meansPast = meant.map { leftPast.contains(ReducedHeader($0.key).text) } ?? false
        if meansPast || leftPast.contains(text) { return PastColumns.left }
        if kept.contains(text) { return Label("Kept by the system.", zh: "由系统维护，不导入。") }
        if HeaderSynonyms.ignored.contains(text) { return Label("Not data.", zh: "不是数据列。") }
        return Label("No field fits; choose one or leave it out.", zh: "没有匹配的字段，可手动选择，或不导入。")
    }
}

extension FieldDefinition {
    /// True for numbers given by the system: they cannot be written, and records can be matched by them.
    var isNumbered: Bool { if case .autoNumber = kind { !hidden } else { false } }
}

extension StringProtocol {
    /// The text without blanks at both ends.
    var trimmed: String {
        // Most cells have no blanks around them: their first and last character tell.
        func isInk(_ scalar: Unicode.Scalar) -> Bool {
            (0x21...0x7E).contains(scalar.value) || (0x3001...0xFFEF).contains(scalar.value)
        }
        if let first = unicodeScalars.first, let last = unicodeScalars.last, isInk(first), isInk(last) {
            return String(self)
        }
        var view = Substring(self)
        while let first = view.first, first.isWhitespace { view.removeFirst() }
        while let last = view.last, last.isWhitespace { view.removeLast() }
        return String(view)
    }
}
