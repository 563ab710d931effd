import Database
import Expressions
import Identity
import SQLText
public import Schema
import Values

extension ReadSession {
    /// Whether a record that is brought from elsewhere may bring its own value of a field that tells of its past.
    ///
    /// It needs the right to change settings: such a value says what the system would else vouch for.
    public func mayBring(_ field: FieldDefinition, of object: ObjectDefinition) -> Bool {
        field.historic && !field.hidden && actor.rights.allows(.settings)
            && actor.rights.field(object.key, field.key) == .full
    }
}

extension WriteSession {
    /// How far the clock of where a record comes from may be ahead, in milliseconds.
    private static let lead: Int64 = 300_000
    /// When the first place on earth wrote 1900.
    private static let earliest: Int64 = -2_208_988_800_000 - 50_400_000

    /// Says when and by whom a new record was made: now, by the actor; one that is brought from elsewhere may say so
    /// itself.
    ///
    /// A record is never younger than its id, which tells when it came here: lists rely on that.
    func setPast(_ draft: inout AnyDraft, isBrought: Bool) throws {
        if !isBrought || draft["created_at"].isNull { draft["created_at"] = SQLValue(now) }
        if !isBrought || !draft.wasGiven("created_by") { draft["created_by"] = SQLValue(actor.userID) }
        guard isBrought else { return }
        var problems: [FieldProblem] = []
        // The system's own fields come first, so that what came later is compared with when the record was made.
        for place in draft.shape.historic where draft.wasGiven(place.field.key) {
            let position = place.columns.lowerBound
            guard var value = draft[position].integer else { continue }
            switch place.field.kind {
            case .instant:
                if let made = draft["created_at"].integer, isSameDay(value, before: made) { value = made }
                if let why = wrongMoment(value, after: place.field.key == "created_at" ? nil : draft["created_at"]) {
                    problems.append(FieldProblem(place.field.key, why.code, why.message))
                }
                draft[position] = .integer(min(value, now.milliseconds))
            case .person:
                if try isKnown(person: value) { continue }
                let message = Label("There is no such person.", zh: "没有这位用户。")
                problems.append(FieldProblem(place.field.key, "unknown_link", message))
            default: continue
            }
        }
        if !problems.isEmpty { throw Problem.invalid(problems) }
    }

    /// Whether a moment lies before the record was made, but on the same day: a bare day is read as its beginning.
    private func isSameDay(_ value: Int64, before made: Int64) -> Bool {
        guard value < made, made - value < 86_400_000 else { return false }
        let zone = expressionContext.zone
        return Portable.day(of: value, in: zone) == Portable.day(of: made, in: zone)
    }

    /// Why a moment of the past cannot be what it is said to be.
    private func wrongMoment(_ value: Int64, after creation: SQLValue?) -> (code: String, message: Label)? {
        if value > now.milliseconds + WriteSession.lead {
            return ("in_future", Label("This must not lie in the future.", zh: "不能晚于当前时间。"))
        }
        if value < WriteSession.earliest {
            return ("too_early", Label("This must not lie before 1900.", zh: "不能早于 1900 年。"))
        }
        if let made = creation?.integer, value < made {
            return (
                "before_creation",
                Label("This must not lie before the record was made.", zh: "不能早于记录的创建时间。")
            )
        }
        return nil
    }

    /// People who may no longer log in have made records, too.
    private func isKnown(person id: Int64) throws -> Bool {
        if knownMakers.contains(id) { return true }
        guard try connection.value("SELECT 1 FROM sys_user WHERE id = \(id)").integer == 1 else { return false }
        knownMakers.insert(id)
        return true
    }
}
