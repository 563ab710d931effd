import Duplicates
import HTTPTypes
import Identity
import Pages
import Records
import Schema
import Values

/// Merging records side by side, and taking a merge back.
enum MergeHandlers {
    private static func address(_ object: ObjectDefinition, _ id: RecordID) -> String {
        Addresses.record(object.plural, id.description)
    }

    static func form(_ page: PageCall) async throws -> Reply {
        let id = try page.call.recordID()
        let others = page.call.query.items.filter { $0.name == "with" }.compactMap { RecordID($0.value) }
        if others.isEmpty { return try await choose(page, id) }
        return try await show(page, MergeRequest(survivor: id, others: others), nil)
    }

    private static func show(_ page: PageCall, _ request: MergeRequest, _ problem: Problem?) async throws -> Reply {
        let plural = page.call.parameter("plural")
        let status = problem.map { HTTPResponse.Status(code: $0.kind.rawValue) } ?? .ok
        return try await page.show(status: status) { session in
            let object = try session.object(plural)
            var plain = request
            if problem != nil { plain.choices = [:] }
            let plan = try session.planMerge(object, plain)
            let records = [plan.survivor] + plan.others
            let context = page.context
            let reader = CellReader(session: session, context: context)
            let form = RecordForm(object, session, page)
            let ids = records.map(\.id)
            let readable = try plan.values.filter { value in
                try value.differs && session.mayRead(value.field, of: object, in: ids)
            }
            let lines = try readable.map { value in
                let cells = try records.map { record in
                    let columns = record.columns(of: value.field)
                    let name = try form.linkedName(value.field, columns)
                    return reader.value(value.field, columns, name: name)
                }
                return MergeModel.Line(
                    field: value.field,
                    values: cells,
                    chosen: (request.choices[value.field.key] ?? value.source)?.description,
                    open: session.right(on: value.field, of: object) == .full
                )
            }
            let model = MergeModel(
                objects: object.pluralLabel,
                action: address(object, request.survivor) + "/merge",
                columns: records.map { record in
                    MergeModel.Column(
                        id: record.id.description,
                        name: DuplicateHandlers.title(record, object, session, context),
                        href: address(object, record.id)
                    )
                },
                survivor: request.survivor.description,
                lines: lines,
                problem: problem.map { text($0, context) },
                cancel: address(object, request.survivor)
            )
            return body(page, object, MergePage.html(model, in: context))
        }
    }

    private static func text(_ problem: Problem, _ context: PageContext) -> String {
        ([problem.message] + problem.fields.map(\.message)).map { context($0) }.joined(separator: " ")
    }

    private static func body(_ page: PageCall, _ object: ObjectDefinition, _ html: HTML) -> PageBody {
        PageBody(
            page.context(DuplicateTexts.mergeTitle(object.pluralLabel)),
            html,
            current: Addresses.list(object.plural),
            crumbs: [Crumb(page.context(object.pluralLabel), Addresses.list(object.plural))]
        )
    }

    /// The choice of the other record: what is alike, and what a search finds.
    private static func choose(_ page: PageCall, _ id: RecordID) async throws -> Reply {
        let (plural, text) = (page.call.parameter("plural"), page.call.query["q"] ?? "")
        return try await page.show { session in
            let object = try session.object(plural)
            let context = page.context
            let base = address(object, id) + "/merge"
            var found: [(name: String, href: String, text: String)] = []
            if text.isEmpty {
                for like in try session.duplicates(of: object, id).found {
                    guard let record = like.record else { continue }
                    let reasons = (like.score?.reasons ?? []).map { context($0.text) }.joined(separator: " · ")
                    let name = DuplicateHandlers.title(record, object, session, context)
                    found.append((name, base + "?with=\(record.id)", reasons))
                }
            } else {
                var query = ListQuery()
                query.search = text
                query.limit = 10
                let list = try session.list(object, query)
                for row in list.rows where row.id != id {
                    found.append((row.title(list.plan, in: context), base + "?with=\(row.id)", row.id.description))
                }
                _ = try session.find(object, id)
            }
            let html = MergePage.choose(object.pluralLabel, found: found, action: base, text: text, in: context)
            return body(page, object, html)
        }
    }

    static func merge(_ page: PageCall) async throws -> Reply {
        let plural = page.call.parameter("plural")
        let ids = page.form.items.filter { $0.name == "id" }.compactMap { RecordID($0.value) }
        guard let survivor = RecordID(page.form.text("survivor")), ids.contains(survivor) else {
            throw Problem.invalid("survivor", "required", DuplicateTexts.chooseOther)
        }
        var request = MergeRequest(survivor: survivor, others: ids.filter { $0 != survivor })
        for item in page.form.items where item.name.hasPrefix("f.") {
            if let source = RecordID(item.value) { request.choices[String(item.name.dropFirst(2))] = source }
        }
        let wanted = request
        do {
            return try await page.write { session in
                let object = try session.object(plural)
                _ = try session.merge(object, wanted)
                let isSeen = (try? session.find(object, survivor)) != nil
                let to = isSeen ? address(object, survivor) : Addresses.list(object.plural)
                return page.go(to: to, .ok, DuplicateTexts.merged)
            }
        } catch let problem as Problem where problem.isAboutInput {
            return try await show(page, wanted, problem)
        }
    }

    static func unmerge(_ page: PageCall) async throws -> Reply {
        let (plural, id) = (page.call.parameter("plural"), try page.call.recordID())
        do {
            return try await page.write { session in
                let object = try session.object(plural)
                let outcome = try session.unmerge(object, id, merge: RecordID(page.form.text("merge")))
                let labels = outcome.kept.map { kept -> Label in
                    let other = session.schema.object(kept.object)
                    let field = other?.field(kept.field)?.label ?? Label(kept.field, zh: kept.field)
                    guard kept.record != id, let other else { return field }
                    return Label("\(other.label.en): \(field.en)", zh: "\(other.label.zh)的\(field.zh)")
                }
                let message =
                    labels.isEmpty
                    ? DuplicateTexts.undone
                    : DuplicateTexts.undone(kept: Array(labels.prefix(10)), more: max(0, labels.count - 10))
                return page.go(to: address(object, id), .ok, message)
            }
        } catch let problem as Problem where problem.isAboutInput {
            return page.go(to: Addresses.record(plural, id.description), .bad, problem.message)
        }
    }

    /// What stands on top of a record that others went into; each merge can be undone.
    static func notes(
        _ object: ObjectDefinition,
        _ id: RecordID,
        mayUndo: Bool,
        _ session: ReadSession,
        _ page: PageCall
    )
        throws -> HTML
    {
        HTML.each(try session.merges(into: object, id).prefix(20)) { merge in
            MergePage.merged(
                merge.others.count,
                by: merge.byName,
                at: merge.at,
                undo: mayUndo ? address(object, id) + "/unmerge" : nil,
                merge: merge.id.description,
                in: page.context
            )
        }
    }
}

/// Thrown where a merged record is asked for, to lead to the one that it went into.
struct MergedAway: Error {
    let to: RecordID
}
