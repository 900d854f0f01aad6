"""A customer's photo: upright, on the model's square, and a larger one to cut garments from."""
import io

from PIL import Image, ImageOps

GREY = (128, 128, 128)
DETAIL_SIDE = 512  # the longer side of what garments are cut from
AROUND = 0.06  # shown around a garment, as a share of its longer side


def read_picture(data):
    """The first frame, turned as its EXIF says, over white."""
    picture = ImageOps.exif_transpose(Image.open(io.BytesIO(data) if isinstance(data, bytes) else data))
    if picture.has_transparency_data:
        picture = picture.convert("RGBA")
        picture = Image.alpha_composite(Image.new("RGBA", picture.size, "white"), picture)
    return picture.convert("RGB")


def fitted(size, side):
    """Width and height, scaled so that the longer one is `side`."""
    scale = side / max(size)
    return tuple(min(max(int(length * scale + 0.5), 1), side) for length in size)


def squared(picture, side):
    """The whole picture, centred on grey. Pillow's bilinear filter weighs by area, as Vitrine's does."""
    square = Image.new("RGB", (side, side), GREY)
    inner = picture.resize(fitted(picture.size, side), Image.Resampling.BILINEAR)
    square.paste(inner, ((side - inner.width) // 2, (side - inner.height) // 2))
    return square


def within(picture, side):
    if max(picture.size) <= side:
        return picture
    return picture.resize(fitted(picture.size, side), Image.Resampling.BILINEAR)


class Photo:
    def __init__(self, picture, side):
        self.square = squared(picture, side)
        self.detail = within(picture, DETAIL_SIDE)
        width, height = fitted(picture.size, side)
        self.frame = ((side - width) // 2 / side, (side - height) // 2 / side, width / side, height / side)

    def box(self, thousandths):
        """Thousandths of the square as fractions of the photo; the whole photo where nothing is left of it."""
        left, top, width, height = self.frame
        x0, y0, x1, y1 = (value / 1000 for value in thousandths)
        across = sorted(min(max((x - left) / width, 0.0), 1.0) for x in (x0, x1))
        down = sorted(min(max((y - top) / height, 0.0), 1.0) for y in (y0, y1))
        if across[0] == across[1] or down[0] == down[1]:
            return 0.0, 0.0, 1.0, 1.0
        return across[0], down[0], across[1], down[1]

    def part(self, box):
        """What stands in a box, with a little around it."""
        width, height = self.detail.size
        around = AROUND * max((box[2] - box[0]) * width, (box[3] - box[1]) * height)
        left, top = (max(int(share * side - around + 0.5), 0) for share, side in ((box[0], width), (box[1], height)))
        right, bottom = (
            min(int(share * side + around + 0.5), side) for share, side in ((box[2], width), (box[3], height))
        )
        return self.detail.crop((left, top, max(right, left + 1), max(bottom, top + 1)))


def overlap(one, other):
    """Intersection over union, 0 to 1."""

    def area(box):
        return max(box[2] - box[0], 0.0) * max(box[3] - box[1], 0.0)

    both = area((max(one[0], other[0]), max(one[1], other[1]), min(one[2], other[2]), min(one[3], other[3])))
    either = area(one) + area(other) - both
    return both / either if either else 0.0
