import Expressions
import Identity
import Pages
import Records
import Schema
import Values

/// Makes sentences of a filter, with the links that change it.
struct FilterChipBuilder {
    let state: ListState
    let object: ObjectDefinition
    let session: ReadSession
    let page: PageCall
    let root: FilterTree

    private var context: PageContext { page.context }

    /// Nil without a filter, and for one that does not parse.
    init?(_ state: ListState, _ object: ObjectDefinition, _ session: ReadSession, _ page: PageCall) {
        guard let root = (try? FilterTree.parse(state.filter)) ?? nil else { return nil }
        self.state = state
        self.object = object
        self.session = session
        self.page = page
        self.root = root
    }

    /// The parts as they are shown.
    func node() -> FilterNode { node(root, []) }

    /// Adds a part at the outermost level.
    var addAddress: String {
        if case .any = root { return state.address(("edit", "new"), ("wrap", "all")) }
        return state.address(("edit", "new"))
    }

    private func node(_ tree: FilterTree, _ place: [Int]) -> FilterNode {
        switch tree {
        case .all(let parts): return group(parts, isAny: false, place)
        case .any(let parts): return group(parts, isAny: true, place)
        case .not(let inner):
            let kids: [FilterTree] =
                switch inner {
                case .all(let parts), .any(let parts): parts
                default: [inner]
                }
            let isAny = if case .any = inner { true } else { false }
            let isGroup = kids.count > 1 || inner != kids.first
            return .group(
                .init(
                    isAny: isAny,
                    isNegated: true,
                    parts: kids.enumerated().map { node($1, place + (isGroup ? [0, $0] : [0])) },
                    toggle: changed(place + [0], toggled(inner)),
                    add: nil,
                    remove: changed(place, nil)
                )
            )
        case .condition(let condition): return .chip(chip(condition, place))
        case .other(let text):
            return .chip(.init(context(FilterTexts.formula), "", text, edit: nil, remove: changed(place, nil)))
        }
    }

    private func group(_ parts: [FilterTree], isAny: Bool, _ place: [Int]) -> FilterNode {
        let tree: FilterTree = isAny ? .any(parts) : .all(parts)
        return .group(
            .init(
                isAny: isAny,
                parts: parts.enumerated().map { node($1, place + [$0]) },
                toggle: changed(place, toggled(tree)),
                add: state.address(("edit", "new"), ("in", FilterPlace.text(place))),
                remove: changed(place, nil)
            )
        )
    }

    private func toggled(_ tree: FilterTree) -> FilterTree {
        switch tree {
        case .all(let parts): .any(parts)
        case .any(let parts): .all(parts)
        default: tree
        }
    }

    /// The address of the list with the part at a place put in or taken out.
    private func changed(_ place: [Int], _ new: FilterTree?) -> String {
        state.with(filter: root.replacing(at: place[...], with: new)?.text ?? "").address()
    }

    private func chip(_ condition: FilterCondition, _ place: [Int]) -> FilterNode.Chip {
        let at = FilterPlace.text(place)
        let field = FilterField.find(condition.path, object, session, context)
        let question = field.flatMap { FilterQuestion(condition, of: $0) }
        let (test, value) = FilterWords(session: session, page: page).words(condition, question, field)
        return .init(
            field?.label ?? condition.path,
            test,
            value,
            edit: question == nil ? nil : state.address(("edit", at.isEmpty ? "root" : at)),
            remove: changed(place, nil),
            alternative: state.address(("edit", "new"), ("in", at.isEmpty ? "root" : at), ("wrap", "any"))
        )
    }
}

/// A place within a filter as an address says it: `0.2`; `root` for the whole.
enum FilterPlace {
    static func text(_ place: [Int]) -> String { place.map { String($0) }.joined(separator: ".") }

    static func read(_ text: String) -> [Int] {
        text == "root" ? [] : text.split(separator: ".").prefix(40).compactMap { Int($0) }
    }
}

/// How a condition is said.
struct FilterWords {
    let session: ReadSession
    let page: PageCall

    private var context: PageContext { page.context }

    /// The comparison and what is compared with.
    func words(_ condition: FilterCondition, _ question: FilterQuestion?, _ field: FilterField?) -> (String, String) {
        guard let question, let field else {
            return (condition.test.rawValue, condition.values.map(\.shown).joined(separator: " – "))
        }
        switch question.ask {
        case .last, .next, .older:
            let words = context(question.ask.label).split(separator: "…", omittingEmptySubsequences: false)
            return (words.joined(separator: question.days), "")
        case .within: return (context(question.ask.label), context(question.period.label))
        case .empty, .notEmpty, .today, .beforeToday, .yes, .no: return (context(question.ask.label), "")
        case .between, .notBetween:
            return (
                context(question.ask.label), question.values.joined(separator: context.language == .zh ? " 至 " : " – ")
            )
        default:
            let names = question.values.prefix(4).map { name(of: $0, field) }
            let rest = question.values.count > 4 ? " +\(question.values.count - 4)" : ""
            return (context(question.ask.label), names.joined(separator: context(FilterTexts.comma)) + rest)
        }
    }

    /// A value as people know it: the label of a choice, the name of a person or record.
    func name(of value: String, _ field: FilterField) -> String {
        switch field.shape {
        case .choice(let choices), .several(let choices):
            return choices.first { $0.key == value }.map { context($0.label) } ?? value
        case .person:
            if value == "me" { return context(FilterTexts.me) }
            if value == "my_teams" { return context(FilterTexts.myTeams) }
            let user = RecordID(value).flatMap { try? page.call.workspace.identities.user($0, on: session.connection) }
            return user?.name ?? value
        case .link(let target):
            let name = RecordID(value).flatMap { id in try? session.name(of: target, id) }
            return name ?? context(PageTexts.unseen)
        case .number:
            return Double(value).map { Format.real($0) } ?? value
        default: return value
        }
    }
}
