/// How large and how small numbers can get: where nothing can overflow, the SQL needs no guard.
extension Node {
    /// The largest size that a number can have.
    var magnitude: Double {
        switch shape {
        case .constant(.number(let number)): number.magnitude
        case .column: 1e19
        case .linked(_, _, let inner), .negative(let inner): inner.magnitude
        case .choose(_, let yes, let no): max(yes.magnitude, no.magnitude)
        case .firstOf(let nodes): nodes.map(\.magnitude).max() ?? 0
        case .function(.year, _), .function(.month, _), .function(.day, _), .function(.daysBetween, _): 1e7
        case .function(.length, _): 1e10
        case .function(_, let nodes): (nodes.first?.magnitude ?? 0) + 1
        case .chain(let first, let steps):
            steps.reduce(first.magnitude) { size, step in
                switch step.operation {
                case .plus, .minus: size + step.operand.magnitude
                case .times: size * max(1, step.operand.magnitude)
                case .divided: size / min(1, step.operand.smallest)
                }
            }
        case .rollUp(let rollUp): rollUp.magnitude
        default: .greatestFiniteMagnitude
        }
    }

    /// The smallest size that a number other than 0 can have; 0 when nothing is known.
    var smallest: Double {
        switch shape {
        case .constant(.number(let number)): number.magnitude
        case .column, .linked:
            if case .scaled = column?.storage { 1e-9 } else { 0 }
        case .negative(let inner): inner.smallest
        case .function(.abs, let nodes): nodes.first?.smallest ?? 0
        case .function(.floor, _), .function(.ceil, _), .function(.year, _), .function(.month, _), .function(.day, _),
            .function(.length, _), .function(.daysBetween, _):
            1
        case .rollUp(let rollUp):
            if rollUp.aggregate == .count {
                1
            } else if rollUp.aggregate == .avg {
                0
            } else {
                rollUp.value?.smallest ?? 0
            }
        default: 0
        }
    }
}

extension Shape.RollUp {
    fileprivate var magnitude: Double {
        switch aggregate {
        case .count: 1e12
        case .sum: value?.column == nil ? .greatestFiniteMagnitude : 1e31
        case .min, .max, .avg: value?.magnitude ?? .greatestFiniteMagnitude
        }
    }
}
