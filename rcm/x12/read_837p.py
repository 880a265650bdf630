from rcm.x12.elements import ContentReader


class ClaimReader(ContentReader):
    pass
