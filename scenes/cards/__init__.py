"""Playing cards on tables, carpets and cloth, among the things that lie about in a room. Millimetres on cards, metres elsewhere."""
