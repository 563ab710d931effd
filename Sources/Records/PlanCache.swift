import Identity
import Schema
import Synchronization
import Values

/// Plans of reads that were made before, for one version of the schema. Bounded; a full cache starts anew.
///
/// A plan holds conditions about linked records, so it serves nobody but an actor with the same rights and teams.
final class PlanCache: Sendable {
    private struct Key: Hashable {
        let object: String
        let fields: [String]?
        let user: RecordID?
    }

    private struct Entry {
        let rights: Rights
        let team: RecordID?
        let teamAndAbove: [RecordID]
        let teamTree: [RecordID]
        let plan: ReadPlan

        func serves(_ actor: Actor) -> Bool {
            team == actor.teamID && teamAndAbove == actor.teamAndAbove && teamTree == actor.teamTree
                && rights == actor.rights
        }
    }

    private static let limit = 500
    private let entries = Mutex<[Key: Entry]>([:])

    /// The plan for an actor, made by `make` unless it was made before. Plans that compute values are made each time,
    /// since an expression may ask for the time.
    func plan(
        _ object: ObjectDefinition,
        _ fields: [String]?,
        for actor: Actor,
        _ make: () throws -> ReadPlan
    ) throws -> ReadPlan {
        let key = Key(object: object.key, fields: fields, user: actor.userID)
        let known = entries.withLock { entries in entries[key].flatMap { $0.serves(actor) ? $0.plan : nil } }
        if let known { return known }
        let plan = try make()
        if plan.slots.contains(where: { $0.field.kind.isComputed }) { return plan }
        let entry = Entry(
            rights: actor.rights,
            team: actor.teamID,
            teamAndAbove: actor.teamAndAbove,
            teamTree: actor.teamTree,
            plan: plan
        )
        entries.withLock { entries in
            if entries.count >= PlanCache.limit { entries.removeAll(keepingCapacity: true) }
            entries[key] = entry
        }
        return plan
    }
}
