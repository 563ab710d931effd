/// Roles that differ about fields: what they allow together is more than a maximum, since each role's rights on a field
/// go no further than the records that the role reaches.
extension Rights {
    /// The roles of which some rights are made, if they differ about a field; else none, and the union says it all.
    static func differing(_ rights: [Rights]) -> [Rights] {
        let parts = rights.flatMap { $0.parts.isEmpty ? [$0] : $0.parts }.filter { !$0.objects.isEmpty }
        let keys = Set(parts.flatMap(\.fields.keys))
        return keys.contains { Rights.differ(parts, about: $0) } ? parts : []
    }

    private static func differ(_ parts: [Rights], about key: String) -> Bool {
        Set(parts.filter { $0.givesRights(onObjectOf: key) }.map { $0.fields[key] ?? .full }).count > 1
    }

    /// Whether the right on a field differs from record to record.
    public func differs(_ object: String, _ field: String) -> Bool {
        !parts.isEmpty && Rights.differ(parts, about: "\(object).\(field)")
    }

    /// Whether one role alone holds all that `other` gives, or else whether `other` asks of fields no more than the
    /// narrowest role; nil where no roles differ.
    func coversByParts(_ other: Rights) -> Bool? {
        guard !parts.isEmpty else { return nil }
        var plain = other
        plain.capabilities = []
        if parts.contains(where: { $0.covers(plain) }) { return true }
        var narrow = self
        narrow.parts = []
        for key in Set(parts.flatMap(\.fields.keys)) {
            narrow.fields[key] = parts.filter { $0.givesRights(onObjectOf: key) }.map { $0.fields[key] ?? .full }.min()
        }
        return narrow.covers(other)
    }
}
