public import Database
import Foundation
public import Identity
public import Values

/// Log-ins during the night of the place where the person works.
public enum NightLogIns {
    /// Looks at a change of people and rights as it is written to the audit log; a log-in at night raises an alert.
    public static func watch(_ change: IdentityChange, ids: IDSource, on connection: Connection) throws {
        guard change.action == .logIn, let user = change.actor.userID,
            let zone = TimeZone(identifier: change.actor.timeZone)
        else { return }
        let at = Date(timeIntervalSince1970: Double(change.at.milliseconds) / 1000)
        let local = change.at.milliseconds / 1000 + Int64(zone.secondsFromGMT(for: at))
        let minute = Int((local % 86_400 + 86_400) % 86_400 / 60)
        guard try AlertRules.read(on: connection).isNight(minute) else { return }
        func two(_ value: Int) -> String { value < 10 ? "0\(value)" : "\(value)" }
        let cause = Cause(
            kind: .nightLogIn,
            user: user,
            address: change.after["address"]?.string ?? "",
            device: change.after["device"]?.string ?? "",
            details: .object([
                .init(key: "local_time", value: .string(two(minute / 60) + ":" + two(minute % 60))),
                .init(key: "time_zone", value: .string(change.actor.timeZone)),
            ])
        )
        try cause.raise(ids.next(), at: change.at, on: connection)
    }
}
