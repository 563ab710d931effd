public import Values

/// Something that an administrator should look at.
public struct Alert: Sendable {
    /// What it is about.
    public enum Kind: String, Sendable, CaseIterable {
        /// Somebody logged in during the night of the place where they work.
        case nightLogIn = "night_log_in"
        /// Somebody exported far more records, or far more often, than they use to.
        case unusualExport = "unusual_export"
        /// A webhook was switched off because its receiver is gone or failed for days.
        case webhookOff = "webhook_off"

        /// The name for people.
        public var label: Label {
            switch self {
            case .nightLogIn: Label("Log-in at night", zh: "夜间登录")
            case .unusualExport: Label("Unusual export", zh: "异常导出")
            case .webhookOff: Label("Webhook switched off", zh: "Webhook 已停用")
            }
        }
    }

    /// The alert's id.
    public let id: RecordID
    /// What it is about.
    public let kind: Kind
    /// When it was raised, or last seen again.
    public let at: Instant
    /// Who caused it.
    public let user: RecordID?
    /// Their name.
    public let userName: String
    /// The network address; empty when unknown.
    public let address: String
    /// The program they used; empty when unknown.
    public let device: String
    /// Figures by name: `local_time`, `time_zone`; `rows`, `rows_usual`, `times`, `times_usual`, `object`; `name`,
    /// `reason`.
    public let details: JSONValue
    /// When an administrator has seen it; nil while nobody has.
    public let seenAt: Instant?
    /// Who has seen it.
    public let seenBy: String?

    /// What happened, in words.
    public var explanation: Label {
        switch kind {
        case .nightLogIn:
            let (time, zone) = (details["local_time"]?.string ?? "", details["time_zone"]?.string ?? "")
            return Label("Logged in at \(time) (\(zone)).", zh: "于当地时间 \(time)（\(zone)）登录。")
        case .unusualExport:
            func number(_ key: String) -> Int64 { details[key]?.integer ?? 0 }
            return Label(
                "Exported \(number("rows")) records in \(number("times")) exports within 24 hours; "
                    + "a usual day has \(number("rows_usual")) in \(number("times_usual")).",
                zh: "24 小时内导出 \(number("times")) 次共 \(number("rows")) 条记录，平时每天约 "
                    + "\(number("times_usual")) 次 \(number("rows_usual")) 条。"
            )
        case .webhookOff:
            let name = details["name"]?.string ?? ""
            return switch details["reason"]?.string {
            case "gone":
                Label("«\(name)»: the receiver says that it is gone.", zh: "“\(name)”：接收方表示地址已失效（410）。")
            case "owner":
                Label("«\(name)»: the person it belongs to is not active.", zh: "“\(name)”：所属成员已停用。")
            default:
                Label("«\(name)»: nothing has arrived for five days.", zh: "“\(name)”：连续五天投递失败。")
            }
        }
    }
}
