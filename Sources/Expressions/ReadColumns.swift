extension CheckedExpression {
    /// The columns of the records themselves that it reads, also through formulas.
    public var ownColumns: Set<String> {
        var reading = Reading()
        reading.take(root, of: nil)
        return reading.own
    }

    /// The columns of linked and child records that it reads, by the key of their object.
    public var linkedColumns: [String: Set<String>] {
        var reading = Reading()
        reading.take(root, of: nil)
        return reading.linked
    }
}

/// Which columns an expression reads, and of whom.
private struct Reading {
    var own: Set<String> = []
    var linked: [String: Set<String>] = [:]

    private mutating func add(_ column: String, of object: String?) {
        if let object { linked[object, default: []].insert(column) } else { own.insert(column) }
    }

    mutating func take(_ node: Node, of object: String?) {
        switch node.shape {
        case .column(let column): add(column.name, of: object)
        case .linked(let column, let target, let inner):
            add(column, of: object)
            take(inner, of: target)
        case .rollUp(let rollUp):
            add(rollUp.link, of: rollUp.object)
            for part in node.shape.parts { take(part, of: rollUp.object) }
        default: for part in node.shape.parts { take(part, of: object) }
        }
    }
}
