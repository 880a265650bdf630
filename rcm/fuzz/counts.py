"""Counts of an 837, straight from its bytes: SE, GE, IEA, HL, LX. Not with the writer's code."""


def miscounts(content: bytes) -> list[str]:
    """What does not add up, in words; for files with the usual separators."""
    wrong: list[str] = []
    segments = [text.split("*") for text in content.decode("ascii").split("~") if text]
    groups = transactions = start = level = line = 0
    children: dict[str, list[str]] = {}
    for index, elements in enumerate(segments):
        name = elements[0]
        if name == "GS":
            groups, transactions = groups + 1, 0
        elif name == "ST":
            transactions, start, level, children = transactions + 1, index, 0, {}
        elif name == "HL":
            level += 1
            if elements[1] != str(level):
                wrong.append(f"HL {elements[1]} is number {level}")
            if elements[2] and elements[2] not in children:
                wrong.append(f"HL {level} has no parent {elements[2]}")
            children[elements[1]] = [elements[4]]
            if elements[2] in children:
                children[elements[2]].append(elements[3])
        elif name == "CLM":
            line = 0
        elif name == "LX":
            line += 1
            if elements[1] != str(line):
                wrong.append(f"LX {elements[1]} is number {line}")
        elif name == "SE":
            if elements[1] != str(index - start + 1):
                wrong.append(f"SE01 says {elements[1]}, not {index - start + 1}")
            wrong += [
                f"HL04 of {parent} says {says}, there are {len(below)} below"
                for parent, (says, *below) in children.items()
                if says != ("1" if below else "0")
            ]
        elif name == "GE" and elements[1] != str(transactions):
            wrong.append(f"GE01 says {elements[1]}, not {transactions}")
        elif name == "IEA" and elements[1] != str(groups):
            wrong.append(f"IEA01 says {elements[1]}, not {groups}")
    return wrong
