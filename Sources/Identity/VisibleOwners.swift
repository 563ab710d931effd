public import SQLText
public import Values

/// Which records a scope lets a person reach, by who owns them.
public enum VisibleOwners {
    /// The condition on the owner column, such as `t."owner"`; nil when every record is reached.
    public static func condition(_ scope: Scope, _ actor: Actor, owner: SQLFragment) -> SQLFragment? {
        switch scope {
        case .all: nil
        case .none: "1 = 0"
        case .own: own(actor, owner)
        case .team:
            actor.teamID.map { "\(owner) IN (SELECT id FROM sys_user WHERE team = \($0))" } ?? own(actor, owner)
        case .teamTree:
            actor.teamTree.isEmpty
                ? own(actor, owner)
                : """
                \(owner) IN (SELECT id FROM sys_user WHERE team IN \(list: actor.teamTree.map { SQLValue($0) }))
                """
        }
    }

    /// Whether a scope reaches a record of this owner, whose team is `team`.
    public static func includes(_ scope: Scope, _ actor: Actor, owner: RecordID?, team: RecordID?) -> Bool {
        if scope == .all { return true }
        guard let owner, scope != .none else { return false }
        if owner == actor.userID { return true }
        guard let team else { return false }
        return switch scope {
        case .team: team == actor.teamID
        case .teamTree: actor.teamTree.contains(team)
        default: false
        }
    }

    private static func own(_ actor: Actor, _ owner: SQLFragment) -> SQLFragment {
        actor.userID.map { "\(owner) = \($0)" } ?? "1 = 0"
    }
}
